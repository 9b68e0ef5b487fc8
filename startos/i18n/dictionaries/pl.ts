import type { Sentence } from './default.ts'

/** The sentences in Polish. */
export const pl = {
  Access: 'Dostęp',
  Cluster: 'Klaster',
  Dashboard: 'Panel',
  'Dashboard and API': 'Panel i API',
  'The dashboard of the cluster, and the API under the same address':
    'Panel klastra oraz API pod tym samym adresem',
  'The dashboard is ready': 'Panel jest gotowy',
  'The dashboard does not answer': 'Panel nie odpowiada',
  'A simulated cluster, until you set a topology':
    'Symulowany klaster, dopóki nie ustawisz topologii',
  'Your topology is in force': 'Twoja topologia obowiązuje',
  'The topology has mistakes, so its last good version is in force':
    'Topologia ma błędy, więc obowiązuje jej ostatnia dobra wersja',
  'The topology has mistakes, and there is no good version of it yet':
    'Topologia ma błędy i nie ma jeszcze jej dobrej wersji',
  'The dashboard runs commands on your machines, so it asks who you are':
    'Panel wykonuje polecenia na Twoich maszynach, dlatego pyta, kim jesteś',
  'Until you describe your machines, a simulated cluster is shown':
    'Dopóki nie opiszesz swoich maszyn, pokazywany jest symulowany klaster',
  'Start the service, then let the new key in on each machine':
    'Uruchom usługę, a potem dopuść nowy klucz na każdej maszynie',
  'Set dashboard password': 'Ustaw hasło panelu',
  'Whoever opens the https address signs in with the user name admin and this password':
    'Kto otwiera adres https, loguje się nazwą admin i tym hasłem',
  'The password before is no longer taken; programs that use it need the new one':
    'Poprzednie hasło przestaje działać; programy, które go używają, potrzebują nowego',
  Password: 'Hasło',
  '12 to 128 letters, digits and signs, without spaces and accents':
    'Od 12 do 128 liter, cyfr i znaków, bez spacji i znaków diakrytycznych',
  'The password needs 12 to 128 letters, digits and signs, without spaces and accents':
    'Hasło musi mieć od 12 do 128 liter, cyfr i znaków, bez spacji i znaków diakrytycznych',
  'The password is set': 'Hasło jest ustawione',
  'Sign in at the https address with these': 'Zaloguj się nimi pod adresem https',
  'User name': 'Nazwa użytkownika',
  'Show topology': 'Pokaż topologię',
  'The topology.yaml that describes your machines and services, as it stands':
    'Plik topology.yaml opisujący Twoje maszyny i usługi, taki jaki jest',
  'There is no topology yet; set one, or add machines in the dashboard':
    'Nie ma jeszcze topologii; ustaw ją albo dodaj maszyny w panelu',
  'Set topology': 'Ustaw topologię',
  'Describes your machines and services, or changes that. A text with mistakes is not kept; each is told with line, column and the way out':
    'Opisuje Twoje maszyny i usługi lub to zmienia. Tekst z błędami nie jest zachowywany; każdy błąd jest podany z wierszem, kolumną i sposobem naprawy',
  'Your machines and what runs on them; it is checked before it is kept':
    'Twoje maszyny i to, co na nich działa; tekst jest sprawdzany, zanim zostanie zachowany',
  'The topology is kept': 'Topologia jest zapisana',
  'It is put in force at once; no model is stopped by it':
    'Obowiązuje od razu; żaden model nie jest przez to zatrzymywany',
  'The text is empty': 'Tekst jest pusty',
  'The text is larger than 128 KiB, which no topology may be':
    'Tekst jest większy niż 128 KiB, a topologia nie może taka być',
  'Not kept; the text has mistakes:': 'Nie zapisano; tekst zawiera błędy:',
  'Not kept; the check itself failed:': 'Nie zapisano; samo sprawdzenie się nie powiodło:',
  'it ended without a word': 'zakończyło się bez słowa',
  killed: 'przerwane',
  'Show SSH public key': 'Pokaż klucz publiczny SSH',
  'The key that lets Spark Control in; each machine has to know it':
    'Klucz, który wpuszcza Spark Control; każda maszyna musi go znać',
  'There is no key yet; it is made when the service starts':
    'Nie ma jeszcze klucza; powstaje przy uruchomieniu usługi',
  'SSH public key': 'Klucz publiczny SSH',
  'Add this line to ~/.ssh/authorized_keys of the login user on each machine':
    'Dodaj ten wiersz do ~/.ssh/authorized_keys użytkownika logowania na każdej maszynie',
  'Replace SSH key': 'Wymień klucz SSH',
  'Deletes the key of Spark Control; the next start makes a new one':
    'Usuwa klucz Spark Control; następne uruchomienie tworzy nowy',
  'No machine can be reached until it knows the new key. The old one cannot be had back; take it out of authorized_keys on each machine':
    'Żadna maszyna nie będzie osiągalna, dopóki nie pozna nowego klucza. Starego nie da się odzyskać; usuń go z authorized_keys na każdej maszynie',
  'The key is deleted': 'Klucz jest usunięty',
  'Start the service to make the new one, then show it and add it on each machine':
    'Uruchom usługę, aby utworzyć nowy, potem pokaż go i dodaj na każdej maszynie',
  'Import recipes': 'Importuj przepisy',
  'Keeps recipes of yours, such as those of an earlier installation. All are checked before one is kept':
    'Zachowuje Twoje przepisy, na przykład z wcześniejszej instalacji. Wszystkie są sprawdzane, zanim któryś zostanie zachowany',
  'A recipe of yours with the same key is replaced':
    'Twój przepis o tym samym kluczu zostanie zastąpiony',
  Recipes: 'Przepisy',
  Recipe: 'Przepis',
  Key: 'Klucz',
  'The model it is for, with -- instead of / in its name':
    'Model, którego dotyczy, z -- zamiast / w nazwie',
  'Letters, digits, dots, dashes and underscores': 'Litery, cyfry, kropki, myślniki i podkreślenia',
  'The content of the recipe file, YAML': 'Zawartość pliku przepisu, YAML',
  'Kind of service': 'Rodzaj usługi',
  'Only needed where several kinds have recipes': 'Potrzebne tylko, gdy kilka rodzajów ma przepisy',
  'Lower-case letters, digits and dashes': 'Małe litery, cyfry i myślniki',
  'The kind may have lower-case letters, digits and dashes':
    'Rodzaj może zawierać małe litery, cyfry i myślniki',
  'Nothing was kept:': 'Niczego nie zachowano:',
  'The recipes are kept': 'Przepisy są zapisane',
  'Send 1 to 50 recipes at a time': 'Wyślij od 1 do 50 przepisów naraz',
  'A key may have letters, digits, dots, dashes and underscores:':
    'Klucz może zawierać litery, cyfry, kropki, myślniki i podkreślenia:',
  'A key stands twice:': 'Klucz występuje dwa razy:',
  'A recipe has to have 1 byte to 256 KiB:': 'Przepis musi mieć od 1 bajta do 256 KiB:',
  'Reset simulated cluster': 'Zresetuj symulowany klaster',
  'The simulated cluster begins anew; nothing of your own is touched':
    'Symulowany klaster zaczyna od nowa; nic Twojego nie jest ruszane',
  'Everything done in the simulated cluster is lost':
    'Wszystko, co zrobiono w symulowanym klastrze, przepada',
  'The simulated cluster is reset': 'Symulowany klaster jest zresetowany',
  'It is made anew when the service starts without a topology':
    'Powstaje na nowo, gdy usługa startuje bez topologii',
} satisfies Record<Sentence, string>
