/** The sentences in German. The other languages are held to the same keys by their types. */
export const de = {
  Access: 'Zugang',
  Cluster: 'Cluster',
  Dashboard: 'Dashboard',
  'Dashboard and API': 'Dashboard und API',
  'The dashboard of the cluster, and the API under the same address':
    'Das Dashboard des Clusters, und die API unter derselben Adresse',
  'The dashboard is ready': 'Das Dashboard ist bereit',
  'The dashboard does not answer': 'Das Dashboard antwortet nicht',
  'A simulated cluster, until you set a topology':
    'Ein simulierter Cluster, bis Sie eine Topologie festlegen',
  'Your topology is in force': 'Ihre Topologie ist in Kraft',
  'The topology has mistakes, so its last good version is in force':
    'Die Topologie hat Fehler, darum gilt ihre letzte gute Fassung',
  'The topology has mistakes, and there is no good version of it yet':
    'Die Topologie hat Fehler, und es gibt noch keine gute Fassung',
  'The dashboard runs commands on your machines, so it asks who you are':
    'Das Dashboard führt Befehle auf Ihren Rechnern aus, darum fragt es, wer Sie sind',
  'Until you describe your machines, a simulated cluster is shown':
    'Bis Sie Ihre Rechner beschreiben, wird ein simulierter Cluster gezeigt',
  'Start the service, then let the new key in on each machine':
    'Starten Sie den Dienst, und lassen Sie dann den neuen Schlüssel auf jedem Rechner zu',
  'Set dashboard password': 'Passwort des Dashboards setzen',
  'Whoever opens the https address signs in with the user name admin and this password':
    'Wer die https-Adresse öffnet, meldet sich mit dem Benutzernamen admin und diesem Passwort an',
  'The password before is no longer taken; programs that use it need the new one':
    'Das bisherige Passwort gilt nicht mehr; Programme, die es verwenden, brauchen das neue',
  Password: 'Passwort',
  '12 to 128 letters, digits and signs, without spaces and accents':
    '12 bis 128 Buchstaben, Ziffern und Zeichen, ohne Leerzeichen und Akzente',
  'The password needs 12 to 128 letters, digits and signs, without spaces and accents':
    'Das Passwort braucht 12 bis 128 Buchstaben, Ziffern und Zeichen, ohne Leerzeichen und Akzente',
  'The password is set': 'Das Passwort ist gesetzt',
  'Sign in at the https address with these': 'Melden Sie sich damit an der https-Adresse an',
  'User name': 'Benutzername',
  'Show topology': 'Topologie zeigen',
  'The topology.yaml that describes your machines and services, as it stands':
    'Die topology.yaml, die Ihre Rechner und Dienste beschreibt, wie sie ist',
  'There is no topology yet; set one, or add machines in the dashboard':
    'Es gibt noch keine Topologie; legen Sie eine fest, oder fügen Sie im Dashboard Rechner hinzu',
  'Set topology': 'Topologie festlegen',
  'Describes your machines and services, or changes that. A text with mistakes is not kept; each is told with line, column and the way out':
    'Beschreibt Ihre Rechner und Dienste, oder ändert das. Ein Text mit Fehlern wird nicht behalten; jeder wird mit Zeile, Spalte und Abhilfe genannt',
  'Your machines and what runs on them; it is checked before it is kept':
    'Ihre Rechner und was auf ihnen läuft; der Text wird geprüft, bevor er behalten wird',
  'The topology is kept': 'Die Topologie ist gespeichert',
  'It is put in force at once; no model is stopped by it':
    'Sie gilt sofort; kein Modell wird dadurch angehalten',
  'The text is empty': 'Der Text ist leer',
  'The text is larger than 128 KiB, which no topology may be':
    'Der Text ist größer als 128 KiB; das darf keine Topologie sein',
  'Not kept; the text has mistakes:': 'Nicht gespeichert; der Text hat Fehler:',
  'Not kept; the check itself failed:': 'Nicht gespeichert; die Prüfung selbst ist gescheitert:',
  'it ended without a word': 'sie endete ohne ein Wort',
  killed: 'abgebrochen',
  'Show SSH public key': 'Öffentlichen SSH-Schlüssel zeigen',
  'The key that lets Spark Control in; each machine has to know it':
    'Der Schlüssel, der Spark Control einlässt; jeder Rechner muss ihn kennen',
  'There is no key yet; it is made when the service starts':
    'Es gibt noch keinen Schlüssel; er entsteht, wenn der Dienst startet',
  'SSH public key': 'Öffentlicher SSH-Schlüssel',
  'Add this line to ~/.ssh/authorized_keys of the login user on each machine':
    'Fügen Sie diese Zeile auf jedem Rechner der Datei ~/.ssh/authorized_keys des Anmeldebenutzers hinzu',
  'Replace SSH key': 'SSH-Schlüssel ersetzen',
  'Deletes the key of Spark Control; the next start makes a new one':
    'Löscht den Schlüssel von Spark Control; der nächste Start macht einen neuen',
  'No machine can be reached until it knows the new key. The old one cannot be had back; take it out of authorized_keys on each machine':
    'Kein Rechner ist erreichbar, bis er den neuen Schlüssel kennt. Der alte ist nicht wiederzubekommen; entfernen Sie ihn auf jedem Rechner aus authorized_keys',
  'The key is deleted': 'Der Schlüssel ist gelöscht',
  'Start the service to make the new one, then show it and add it on each machine':
    'Starten Sie den Dienst, um den neuen zu machen; zeigen Sie ihn dann, und fügen Sie ihn auf jedem Rechner hinzu',
  'Import recipes': 'Rezepte importieren',
  'Keeps recipes of yours, such as those of an earlier installation. All are checked before one is kept':
    'Behält eigene Rezepte, etwa die einer früheren Installation. Alle werden geprüft, bevor eines behalten wird',
  'A recipe of yours with the same key is replaced':
    'Ein eigenes Rezept mit demselben Schlüsselwort wird ersetzt',
  Recipes: 'Rezepte',
  Recipe: 'Rezept',
  Key: 'Schlüsselwort',
  'The model it is for, with -- instead of / in its name':
    'Das Modell, für das es gilt, mit -- statt / im Namen',
  'Letters, digits, dots, dashes and underscores':
    'Buchstaben, Ziffern, Punkte, Binde- und Unterstriche',
  'The content of the recipe file, YAML': 'Der Inhalt der Rezeptdatei, YAML',
  'Kind of service': 'Art des Dienstes',
  'Only needed where several kinds have recipes': 'Nur nötig, wo mehrere Arten Rezepte haben',
  'Lower-case letters, digits and dashes': 'Kleinbuchstaben, Ziffern und Bindestriche',
  'The kind may have lower-case letters, digits and dashes':
    'Die Art darf Kleinbuchstaben, Ziffern und Bindestriche haben',
  'Nothing was kept:': 'Nichts wurde behalten:',
  'The recipes are kept': 'Die Rezepte sind gespeichert',
  'Send 1 to 50 recipes at a time': 'Senden Sie 1 bis 50 Rezepte auf einmal',
  'A key may have letters, digits, dots, dashes and underscores:':
    'Ein Schlüsselwort darf Buchstaben, Ziffern, Punkte, Binde- und Unterstriche haben:',
  'A key stands twice:': 'Ein Schlüsselwort steht zweimal da:',
  'A recipe has to have 1 byte to 256 KiB:': 'Ein Rezept muss 1 Byte bis 256 KiB haben:',
  'Reset simulated cluster': 'Simulierten Cluster zurücksetzen',
  'The simulated cluster begins anew; nothing of your own is touched':
    'Der simulierte Cluster beginnt von vorn; nichts Eigenes wird berührt',
  'Everything done in the simulated cluster is lost':
    'Alles, was im simulierten Cluster getan wurde, geht verloren',
  'The simulated cluster is reset': 'Der simulierte Cluster ist zurückgesetzt',
  'It is made anew when the service starts without a topology':
    'Er entsteht neu, wenn der Dienst ohne Topologie startet',
}
