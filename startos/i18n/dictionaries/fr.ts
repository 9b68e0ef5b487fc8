import type { Sentence } from './default.ts'

/** The sentences in French. */
export const fr = {
  Access: 'Accès',
  Cluster: 'Cluster',
  Dashboard: 'Tableau de bord',
  'Dashboard and API': 'Tableau de bord et API',
  'The dashboard of the cluster, and the API under the same address':
    "Le tableau de bord du cluster, et l'API à la même adresse",
  'The dashboard is ready': 'Le tableau de bord est prêt',
  'The dashboard does not answer': 'Le tableau de bord ne répond pas',
  'A simulated cluster, until you set a topology':
    "Un cluster simulé, tant que vous n'avez pas défini de topologie",
  'Your topology is in force': 'Votre topologie est en vigueur',
  'The topology has mistakes, so its last good version is in force':
    'La topologie contient des erreurs : sa dernière bonne version est en vigueur',
  'The topology has mistakes, and there is no good version of it yet':
    "La topologie contient des erreurs, et il n'y en a pas encore de bonne version",
  'The dashboard runs commands on your machines, so it asks who you are':
    'Le tableau de bord exécute des commandes sur vos machines : il demande donc qui vous êtes',
  'Until you describe your machines, a simulated cluster is shown':
    "Tant que vous n'avez pas décrit vos machines, un cluster simulé est affiché",
  'Start the service, then let the new key in on each machine':
    'Démarrez le service, puis autorisez la nouvelle clé sur chaque machine',
  'Set dashboard password': 'Définir le mot de passe du tableau de bord',
  'Whoever opens the https address signs in with the user name admin and this password':
    "Qui ouvre l'adresse https se connecte avec le nom d'utilisateur admin et ce mot de passe",
  'The password before is no longer taken; programs that use it need the new one':
    "L'ancien mot de passe n'est plus accepté ; les programmes qui l'utilisent ont besoin du nouveau",
  Password: 'Mot de passe',
  '12 to 128 letters, digits and signs, without spaces and accents':
    'De 12 à 128 lettres, chiffres et signes, sans espaces ni accents',
  'The password needs 12 to 128 letters, digits and signs, without spaces and accents':
    'Le mot de passe doit avoir de 12 à 128 lettres, chiffres et signes, sans espaces ni accents',
  'The password is set': 'Le mot de passe est défini',
  'Sign in at the https address with these': "Connectez-vous avec ceux-ci à l'adresse https",
  'User name': "Nom d'utilisateur",
  'Show topology': 'Afficher la topologie',
  'The topology.yaml that describes your machines and services, as it stands':
    'Le topology.yaml qui décrit vos machines et services, tel quel',
  'There is no topology yet; set one, or add machines in the dashboard':
    "Il n'y a pas encore de topologie ; définissez-en une, ou ajoutez des machines dans le tableau de bord",
  'Set topology': 'Définir la topologie',
  'Describes your machines and services, or changes that. A text with mistakes is not kept; each is told with line, column and the way out':
    "Décrit vos machines et services, ou modifie cela. Un texte avec des erreurs n'est pas gardé ; chacune est indiquée avec ligne, colonne et remède",
  'Your machines and what runs on them; it is checked before it is kept':
    "Vos machines et ce qui y tourne ; le texte est vérifié avant d'être gardé",
  'The topology is kept': 'La topologie est enregistrée',
  'It is put in force at once; no model is stopped by it':
    "Elle entre en vigueur tout de suite ; aucun modèle n'est arrêté pour cela",
  'The text is empty': 'Le texte est vide',
  'The text is larger than 128 KiB, which no topology may be':
    "Le texte dépasse 128 Kio, ce qu'aucune topologie ne peut faire",
  'Not kept; the text has mistakes:': 'Non enregistré ; le texte contient des erreurs :',
  'Not kept; the check itself failed:': 'Non enregistré ; la vérification elle-même a échoué :',
  'it ended without a word': "elle s'est terminée sans un mot",
  killed: 'interrompue',
  'Show SSH public key': 'Afficher la clé publique SSH',
  'The key that lets Spark Control in; each machine has to know it':
    'La clé qui laisse entrer Spark Control ; chaque machine doit la connaître',
  'There is no key yet; it is made when the service starts':
    "Il n'y a pas encore de clé ; elle est créée au démarrage du service",
  'SSH public key': 'Clé publique SSH',
  'Add this line to ~/.ssh/authorized_keys of the login user on each machine':
    "Ajoutez cette ligne à ~/.ssh/authorized_keys de l'utilisateur de connexion sur chaque machine",
  'Replace SSH key': 'Remplacer la clé SSH',
  'Deletes the key of Spark Control; the next start makes a new one':
    'Supprime la clé de Spark Control ; le prochain démarrage en crée une nouvelle',
  'No machine can be reached until it knows the new key. The old one cannot be had back; take it out of authorized_keys on each machine':
    "Aucune machine n'est joignable tant qu'elle ne connaît pas la nouvelle clé. L'ancienne ne peut pas être récupérée ; retirez-la d'authorized_keys sur chaque machine",
  'The key is deleted': 'La clé est supprimée',
  'Start the service to make the new one, then show it and add it on each machine':
    'Démarrez le service pour créer la nouvelle, puis affichez-la et ajoutez-la sur chaque machine',
  'Import recipes': 'Importer des recettes',
  'Keeps recipes of yours, such as those of an earlier installation. All are checked before one is kept':
    "Garde vos recettes, par exemple celles d'une installation antérieure. Toutes sont vérifiées avant qu'une seule soit gardée",
  'A recipe of yours with the same key is replaced':
    'Une de vos recettes portant la même clé est remplacée',
  Recipes: 'Recettes',
  Recipe: 'Recette',
  Key: 'Clé',
  'The model it is for, with -- instead of / in its name':
    'Le modèle concerné, avec -- au lieu de / dans son nom',
  'Letters, digits, dots, dashes and underscores':
    'Lettres, chiffres, points, tirets et tirets bas',
  'The content of the recipe file, YAML': 'Le contenu du fichier de recette, YAML',
  'Kind of service': 'Type de service',
  'Only needed where several kinds have recipes':
    'Nécessaire seulement si plusieurs types ont des recettes',
  'Lower-case letters, digits and dashes': 'Minuscules, chiffres et tirets',
  'The kind may have lower-case letters, digits and dashes':
    'Le type peut contenir des minuscules, des chiffres et des tirets',
  'Nothing was kept:': "Rien n'a été gardé :",
  'The recipes are kept': 'Les recettes sont enregistrées',
  'Send 1 to 50 recipes at a time': 'Envoyez de 1 à 50 recettes à la fois',
  'A key may have letters, digits, dots, dashes and underscores:':
    'Une clé peut contenir lettres, chiffres, points, tirets et tirets bas :',
  'A key stands twice:': 'Une clé figure deux fois :',
  'A recipe has to have 1 byte to 256 KiB:': 'Une recette doit avoir de 1 octet à 256 Kio :',
  'Reset simulated cluster': 'Réinitialiser le cluster simulé',
  'The simulated cluster begins anew; nothing of your own is touched':
    "Le cluster simulé recommence à zéro ; rien de vous n'est touché",
  'Everything done in the simulated cluster is lost':
    'Tout ce qui a été fait dans le cluster simulé est perdu',
  'The simulated cluster is reset': 'Le cluster simulé est réinitialisé',
  'It is made anew when the service starts without a topology':
    'Il est recréé quand le service démarre sans topologie',
} satisfies Record<Sentence, string>
