/** What the registry says of the package: `short` has 80 characters at most, `long` 500. */
export const short = {
  en_US: 'Dashboard and API for a few GPU boxes: swap models, watch services, over SSH',
  de_DE: 'Dashboard und API für einige GPU-Rechner: Modelle wechseln, Dienste im Blick',
  es_ES: 'Panel y API para unas pocas máquinas con GPU: cambiar modelos por SSH',
  fr_FR: 'Tableau de bord et API pour quelques machines à GPU, par SSH',
  pl_PL: 'Panel i API dla kilku maszyn z GPU: zmiana modeli i nadzór przez SSH',
}

export const long = {
  en_US:
    'Spark Control runs one to a dozen GPU machines, such as two DGX Sparks, from one page. It loads and swaps language models, watches speech, embedding and other services, downloads and deletes models, and routes OpenAI-compatible requests to what is loaded. It reaches the machines by SSH and HTTP; nothing is installed on them. Until you describe your cluster it shows a simulated one.',
  de_DE:
    'Spark Control bedient ein bis zwölf GPU-Rechner, etwa zwei DGX Sparks, von einer Seite aus. Es lädt und wechselt Sprachmodelle, überwacht Sprach-, Embedding- und andere Dienste, lädt Modelle herunter, löscht sie und leitet OpenAI-kompatible Anfragen an das geladene Modell. Es erreicht die Rechner über SSH und HTTP; installiert wird dort nichts. Bis Sie Ihren Cluster beschreiben, zeigt es einen simulierten.',
  es_ES:
    'Spark Control maneja de una a doce máquinas con GPU, como dos DGX Spark, desde una sola página. Carga y cambia modelos de lenguaje, vigila servicios de voz, embeddings y otros, descarga y borra modelos, y dirige las peticiones compatibles con OpenAI a lo que está cargado. Llega a las máquinas por SSH y HTTP; no instala nada en ellas. Hasta que describa su clúster muestra uno simulado.',
  fr_FR:
    "Spark Control pilote d'une à douze machines à GPU, par exemple deux DGX Spark, depuis une seule page. Il charge et change les modèles de langage, surveille les services de parole, d'embeddings et autres, télécharge et supprime les modèles, et dirige les requêtes compatibles OpenAI vers ce qui est chargé. Il atteint les machines par SSH et HTTP et n'y installe rien. Tant que vous n'avez pas décrit votre cluster, il en montre un simulé.",
  pl_PL:
    'Spark Control obsługuje od jednej do dwunastu maszyn z GPU, na przykład dwa DGX Spark, z jednej strony. Ładuje i zmienia modele językowe, nadzoruje usługi mowy, osadzeń i inne, pobiera i usuwa modele oraz kieruje zapytania zgodne z OpenAI do załadowanego modelu. Łączy się przez SSH i HTTP; niczego tam nie instaluje. Dopóki nie opiszesz swojego klastra, pokazuje symulowany.',
}
