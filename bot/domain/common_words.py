"""Words that stand in any text and say nothing of what it is about, in the languages of the sample company."""

import re

_WORD = re.compile(r"\S+")
COMMON = frozenset(
    _WORD.findall(
        # English
        "about after again all almost already also always and another any anybody anyone anything are ask asked asking "
        "asks away back bad because been before being best better between big bit both but came can cannot come comes "
        "could day days did does doesn doing done don down during each either else enough even ever every everybody "
        "everyone everything far feel few fine first for from gave get gets getting give given gives go goes going gone "
        "good got great had happy hard has have haven having he hear heard help her here him his how however if instead "
        "into isn it its just keep kept know known last least less let like little long look looked looks lot made make "
        "makes making many may maybe me mean might mine month months more most much must my need needed needs never new "
        "next nice no nobody none nor not nothing now off often old once one only onto open or other others our out over "
        "own part people perhaps please pls put quite rather really right said same saw say saying says see seem seems "
        "seen sent set several she should show showed since small so some somebody someone something soon still such "
        "sure take taken takes tell than thank thanks that the their them then there these they thing things think this "
        "those though thought through till time times to today together told tomorrow too took top tried try trying turn "
        "two three four five under until up upon us use used useful user uses using usually very want wanted wants was "
        "wasn way we week weeks well went were what when where whether which while who whole why will win with within "
        "without won won't work worked working works would year years yes yesterday yet you your yours don't doesn't "
        "didn't isn't can't i'm i've it's that's there's they're we're you're "
        "monday tuesday wednesday thursday friday saturday sunday "
        # German
        "aber alle allem allen aller alles als also andere anderen auch auf aus bei beim bin bis bitte da dabei damit dann "
        "das dass dazu dem den denn der des dessen die dies diese diesem diesen dieser dieses doch dort durch ein eine "
        "einem einen einer eines er es etwas euch eure für ganz gar geht gibt gut habe haben hat hatte hatten hier hätte "
        "ich ihm ihn ihr ihre immer ins ist jede jeden jeder jetzt kann kannst kein keine keinen kommt können könnte "
        "macht machen man mehr mein meine mich mir mit muss nach nein nicht nichts noch nun nur ob oder ohne schon sehr "
        "sein seine seit sich sie sind so soll sonst sowie über um und uns unser unsere unseren unter viel vom von vor "
        "wann war waren warum was weil welche wenn wer werden wie wieder will wir wird wirklich wo wurde zu zum zur "
        # French
        "ainsi alors après au aucun aussi autre aux avait avant avec avoir bien ça car ce cela ces cet cette chaque chez "
        "comme dans de des deux dire dit donc du elle elles en encore entre est et été être fait faire faut il ils je "
        "jamais juste la là le les leur leurs lui ma mais me même mes moi moins mon ne non nos notre nous on ont ou où par "
        "parce pas peu peut plus pour pourquoi quand que quel quelle qui quoi rien sa sans se ses si son sont sous sur ta "
        "tous tout toute toutes très trop tu un une va vers vos votre vous "
        # Spanish and Portuguese
        "además ahora al algo alguien alguno antes aqui aquí así aunque bien bueno cada como con cual cuando de del desde "
        "después donde dos el ella ellos en entonces entre era es esa ese eso esta está están este esto estos fue gracias "
        "ha hace hacer hasta hay la las le les lo los más me mejor mi mis mismo mucho muy nada ni no nos nosotros nuestra "
        "nuestro o otra otro para pero poco por porque puede que quien se sea ser si sí sin sobre solo son su sus también "
        "tan tiene todo todos tu un una uno usar uso ya yo "
        "ainda ao aos apenas aqui assim até boa bom cada com como da das depois do dos e ela ele eles em então era esta "
        "este eu fazer foi há isso isto já lhe mais mas me melhor mesmo meu minha muito na nas não nem nos nós nossa nosso "
        "num numa o os ou para pela pelo pode por porque quando que quem sem ser seu sua são só também tem ter toda tudo "
        "um uma você"
    )
)
