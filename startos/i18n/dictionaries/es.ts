import type { Sentence } from './default.ts'

/** The sentences in Spanish. */
export const es = {
  Access: 'Acceso',
  Cluster: 'Clúster',
  Dashboard: 'Panel',
  'Dashboard and API': 'Panel y API',
  'The dashboard of the cluster, and the API under the same address':
    'El panel del clúster, y la API en la misma dirección',
  'The dashboard is ready': 'El panel está listo',
  'The dashboard does not answer': 'El panel no responde',
  'A simulated cluster, until you set a topology':
    'Un clúster simulado, hasta que defina una topología',
  'Your topology is in force': 'Su topología está en vigor',
  'The topology has mistakes, so its last good version is in force':
    'La topología tiene errores, así que rige su última versión correcta',
  'The topology has mistakes, and there is no good version of it yet':
    'La topología tiene errores, y aún no hay ninguna versión correcta',
  'The dashboard runs commands on your machines, so it asks who you are':
    'El panel ejecuta órdenes en sus máquinas, por eso pregunta quién es usted',
  'Until you describe your machines, a simulated cluster is shown':
    'Hasta que describa sus máquinas se muestra un clúster simulado',
  'Start the service, then let the new key in on each machine':
    'Inicie el servicio y luego autorice la clave nueva en cada máquina',
  'Set dashboard password': 'Definir la contraseña del panel',
  'Whoever opens the https address signs in with the user name admin and this password':
    'Quien abre la dirección https entra con el usuario admin y esta contraseña',
  'The password before is no longer taken; programs that use it need the new one':
    'La contraseña anterior deja de valer; los programas que la usan necesitan la nueva',
  Password: 'Contraseña',
  '12 to 128 letters, digits and signs, without spaces and accents':
    'De 12 a 128 letras, cifras y signos, sin espacios ni acentos',
  'The password needs 12 to 128 letters, digits and signs, without spaces and accents':
    'La contraseña necesita de 12 a 128 letras, cifras y signos, sin espacios ni acentos',
  'The password is set': 'La contraseña está definida',
  'Sign in at the https address with these': 'Entre con estos datos en la dirección https',
  'User name': 'Usuario',
  'Show topology': 'Mostrar la topología',
  'The topology.yaml that describes your machines and services, as it stands':
    'El topology.yaml que describe sus máquinas y servicios, tal como está',
  'There is no topology yet; set one, or add machines in the dashboard':
    'Aún no hay topología; defina una, o añada máquinas en el panel',
  'Set topology': 'Definir la topología',
  'Describes your machines and services, or changes that. A text with mistakes is not kept; each is told with line, column and the way out':
    'Describe sus máquinas y servicios, o lo cambia. Un texto con errores no se guarda; de cada uno se dice la línea, la columna y la solución',
  'Your machines and what runs on them; it is checked before it is kept':
    'Sus máquinas y lo que corre en ellas; se comprueba antes de guardarse',
  'The topology is kept': 'La topología está guardada',
  'It is put in force at once; no model is stopped by it':
    'Entra en vigor enseguida; no detiene ningún modelo',
  'The text is empty': 'El texto está vacío',
  'The text is larger than 128 KiB, which no topology may be':
    'El texto supera 128 KiB, y ninguna topología puede hacerlo',
  'Not kept; the text has mistakes:': 'No se ha guardado; el texto tiene errores:',
  'Not kept; the check itself failed:': 'No se ha guardado; ha fallado la propia comprobación:',
  'it ended without a word': 'terminó sin decir nada',
  killed: 'interrumpida',
  'Show SSH public key': 'Mostrar la clave pública SSH',
  'The key that lets Spark Control in; each machine has to know it':
    'La clave que deja entrar a Spark Control; cada máquina tiene que conocerla',
  'There is no key yet; it is made when the service starts':
    'Aún no hay clave; se crea cuando el servicio se inicia',
  'SSH public key': 'Clave pública SSH',
  'Add this line to ~/.ssh/authorized_keys of the login user on each machine':
    'Añada esta línea a ~/.ssh/authorized_keys del usuario de acceso en cada máquina',
  'Replace SSH key': 'Reemplazar la clave SSH',
  'Deletes the key of Spark Control; the next start makes a new one':
    'Borra la clave de Spark Control; el próximo inicio crea una nueva',
  'No machine can be reached until it knows the new key. The old one cannot be had back; take it out of authorized_keys on each machine':
    'No se llega a ninguna máquina hasta que conozca la clave nueva. La anterior no se puede recuperar; quítela de authorized_keys en cada máquina',
  'The key is deleted': 'La clave está borrada',
  'Start the service to make the new one, then show it and add it on each machine':
    'Inicie el servicio para crear la nueva; luego muéstrela y añádala en cada máquina',
  'Import recipes': 'Importar recetas',
  'Keeps recipes of yours, such as those of an earlier installation. All are checked before one is kept':
    'Guarda recetas suyas, como las de una instalación anterior. Se comprueban todas antes de guardar una',
  'A recipe of yours with the same key is replaced':
    'Se reemplaza una receta suya con la misma clave',
  Recipes: 'Recetas',
  Recipe: 'Receta',
  Key: 'Clave',
  'The model it is for, with -- instead of / in its name':
    'El modelo al que corresponde, con -- en lugar de / en su nombre',
  'Letters, digits, dots, dashes and underscores':
    'Letras, cifras, puntos, guiones y guiones bajos',
  'The content of the recipe file, YAML': 'El contenido del archivo de la receta, YAML',
  'Kind of service': 'Tipo de servicio',
  'Only needed where several kinds have recipes': 'Solo hace falta si varios tipos tienen recetas',
  'Lower-case letters, digits and dashes': 'Minúsculas, cifras y guiones',
  'The kind may have lower-case letters, digits and dashes':
    'El tipo puede tener minúsculas, cifras y guiones',
  'Nothing was kept:': 'No se ha guardado nada:',
  'The recipes are kept': 'Las recetas están guardadas',
  'Send 1 to 50 recipes at a time': 'Envíe de 1 a 50 recetas a la vez',
  'A key may have letters, digits, dots, dashes and underscores:':
    'Una clave puede tener letras, cifras, puntos, guiones y guiones bajos:',
  'A key stands twice:': 'Una clave aparece dos veces:',
  'A recipe has to have 1 byte to 256 KiB:': 'Una receta ha de tener de 1 byte a 256 KiB:',
  'Reset simulated cluster': 'Restablecer el clúster simulado',
  'The simulated cluster begins anew; nothing of your own is touched':
    'El clúster simulado empieza de nuevo; no se toca nada suyo',
  'Everything done in the simulated cluster is lost':
    'Se pierde todo lo hecho en el clúster simulado',
  'The simulated cluster is reset': 'El clúster simulado está restablecido',
  'It is made anew when the service starts without a topology':
    'Se crea de nuevo cuando el servicio se inicia sin topología',
} satisfies Record<Sentence, string>
