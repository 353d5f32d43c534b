"""What a sentence does (decide, ask, object, agree, correct ...), by the words that do it in the languages of the field.

English, German, French, Spanish, Portuguese, Italian and Dutch, and a little Japanese. A cue is a hint; what is made of it
is in `summary_acts.py`.
"""

import re


def _any(*parts: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(parts) + r")(?!\w)", re.IGNORECASE)


# Somebody says that something is decided.
DECIDED = re.compile(
    r":white_check_mark:|:heavy_check_mark:|:ballot_box_with_check:|✅|☑|✔|決定|決まり"
    r"|(?<!\w)(?:decision|decided|we(?:'ve)? decide|final(?:ly)? (?:call|answer|word)|it'?s settled|that'?s settled|settled"
    r"|entscheidung|entschieden|beschlossen|beschluss|festgelegt|d[ée]cision|(?:on a |nous avons |c'est )?d[ée]cid[ée]e?"
    r"|tranch[ée]|decisi[óo]n|decidid[oa]|decidimos|decis[ãa]o|deciso|decisione|besloten|besluit|abgemacht"
    r"|verdict|ruling|conclusion|outcome|fazit|conclusi[óo]n|conclus[ãa]o)(?!\w)",
    re.IGNORECASE,
)
# Somebody lays down what is done from now on.
RULED = _any(
    r"we(?:'ll| will)? (?:keep|go|stop|start|drop|move|use|take|show|hide|wait|do not|don't|stay|pull|withdraw|park|hold|ship|run|pick|switch|send|replace|postpone)",
    r"so we", r"then we", r"let'?s (?:go|do|keep|use|wait|move|start|stop|take|drop|park|make|run|pull|leave|say|ship|send)",
    r"go(?:ing)? (?:ahead )?with", r"goes? (?:out|to|live|into|in|on)", r"moves? (?:from|to)", r"moved to", r"stands", r"stays?",
    r"until (?:\w+)(?:'s|'re)? \w+", r"till (?:then|\w+)", r"no \w+ (?:before|until|without|unless)", r"nothing (?:before|until|else|above|goes|leaves)", r"(?:draft|back|out|ready|live|delivered|due|submitted|with you|done|launch\w*|starts?|ships?) (?:by|on|in) (?:the )?\w+", r"(?:summary|plan|answer|page|deck|video|launch|\w+): (?:go|yes|no|approved|dropped|out|in|done|later)", r"(?:rule|idea|plan|topic|point|question)? ?(?:is )?(?:parked|shelved|dropped|scrapped|off the table|on hold|killed|green[- ]?lit)", r"(?:i'll|i will|we'll|we will|let's|we) leave", r"bis (?:dahin|auf weiteres|\w+)", r"jusqu'\w+", r"hasta (?:que|entonces)", r"até (?:que|lá)", r"from (?:today|now|monday|tomorrow|next week)(?: on)?", r"until (?:then|further notice)", r"is (?:withdrawn|cancelled|canceled|postponed|pulled|parked|approved|closed|dead|off)",
    r"noted", r"\w+ it is(?=[,.!]|$)", r"agreed(?: then)?", r"approved", r"no longer", r"effective", r"plan updated", r"will be",
    r"(?:we(?:'re| are)|i'?m) going with", r"going with", r"(?:we|i)(?:'re|'m| are| am)? (?:not|won't|will not) (?:\w+ ){0,1}(?:do|doing|show|showing|use|using|send|sending|change|changing|submit|publish|match|going)", r"i'?m calling it", r"locked(?: in)?", r"green light", r"ok from my side", r"do it", r"ship it", r"no[- ]go", r"dropping", r"killing", r"pulled", r"back to", r"stick(?:ing)? (?:with|to)", r"stays? as", r"no change", r"leave it", r"starting (?:mon|tues|wednes|thurs|fri)day", r"as of (?:today|now|\w+day|\d)", r"from now on", r"from \w+day", r"next steps?", r"action(?:s| items?)?:", r"(?:the )?plan:", r"tl;?dr", r"recap", r"to sum up", r"wins", r"we(?:'ll| will) \w+", r"we won't", r"(?:i|we) withdraw", r"i own (?:it|this)", r"is out", r"comes out", r"comes? (?:off|down)",
    r"dann (?:machen|nehmen|gehen|lassen|bleibt|also)", r"kommt (?:raus|weg|rein)", r"fliegt raus", r"bleibt (?:drin|so|wie)", r"gilt ab", r"ab (?:dem )?\d", r"gestrichen", r"freigegeben", r"steht fest", r"wir (?:schicken|ziehen|streichen|stellen|lassen|entfernen|ersetzen)", r"wird (?:ersetzt|entfernt|gestoppt|gezeigt|nicht)", r"on (?:fait comme ça|part là-dessus|retient|supprime|enlève|reste|remplace|valide|envoie|laisse)", r"je valide", r"validé(?:e|s)?", r"à compter d", r"c'est (?:bon pour|réglé|parti)", r"lo dejamos", r"queda (?:as[íi]|cerrado|aprobado|fuera)", r"adelante", r"aprobad[oa]", r"cerrado", r"(?:quitamos|retiramos|sacamos|dejamos|mantenemos|cambiamos|enviamos|seguimos)", r"fechado", r"avan[çc]amos", r"aprovad[oa]", r"(?:tiramos|retiramos|deixamos|mudamos|enviamos|seguimos)", r"está decidido",
    r"wir (?:machen|nehmen|behalten|zeigen|warten|lassen|gehen|stoppen|verschieben|streichen|bleiben)", r"ab (?:heute|sofort|jetzt|montag)",
    r"bleibt(?: es)?(?: bei| dabei)?", r"wird (?:verschoben|gestrichen|zur[üu]ckgezogen)", r"also (?:gut|dann)", r"einigen wir uns", r"machen wir(?: es)?(?: so)?",
    r"on (?:garde|prend|fait|part|arr[êe]te|attend|retire|passe|lance|d[ée]cale|reporte)", r"[àa] partir d", r"d[èe]s (?:demain|lundi|maintenant)", r"donc on", r"c'est acté",
    r"(?:nos )?quedamos (?:con|en)", r"vamos (?:con|a)", r"a partir de", r"se (?:queda|aplaza|cancela|retira)", r"hacemos", r"usamos",
    r"ficamos (?:com|assim)", r"fica (?:assim|combinado|decidido)?", r"vamos com", r"fazemos", r"mantemos", r"adiamos",
    r"facciamo", r"teniamo", r"da oggi", r"we (?:gaan|doen|houden|nemen)", r"vanaf",
)
# Somebody forbids, or refuses.
FORBIDDEN = _any(
    r"(?:please )?(?:do not|don'?t|never) (?:show|use|put|send|share|quote|say|promise|tell|hand|print|post|give|mention|forward|publish|submit|touch|communicate)\w*",
    r"not (?:before|until|in this|to be|allowed|cleared|approved)", r"must not", r"may not", r"no \w+(?: \w+){0,4} please", r"please (?:do not|don'?t) \w+", r"(?:do|does|will|shall|should) not (?:show|use|send|share|quote|say|publish|submit|go|leave|promise)", r"no longer", r"nobody (?:shows|uses|sends)",
    r"can'?t (?:be )?(?:use|show|swap|approve|clear|release|sign)\w*", r"nicht (?:zeigen|verwenden|benutzen|verschicken|vor|mehr)", r"darf (?:nicht|kein)", r"d[üu]rfen (?:nicht|wir nicht)",
    r"ne pas", r"interdit", r"pas avant", r"plus (?:utiliser|montrer)", r"no (?:usar|mostrar|enviar|antes|se puede|usen|uséis)", r"prohibido",
    r"n[ãa]o (?:usar|mostrar|enviar|antes|pode|podemos|usem)", r"proibido",
)
# Somebody says what to do.
ORDERED = re.compile(
    r"(?:^|[.!:;,]\s+|\bthen |\bso |\bplease )(?:use|keep|stop|remove|take|pull|hide|show|send|replace|put|leave|drop|cut|move|skip|wait|hold|bring|tell|call|quote|demo|park|retire|withdraw|nutzt|nehmt|zeigt|schickt|lasst|wartet|utilisez|montrez|envoyez|retirez|gardez|attendez|usad|usen|enviad|env[íi]en|quitad|quiten|usem|enviem|tirem|deixem)\b",
    re.IGNORECASE,
)  # fmt: skip
# Somebody takes something on, with or without a date.
PROMISED = _any(
    r"i(?:'ll| will| am going to|'m going to| can) (?!be |have to|try|ask|check|see|find|look|let|think)\w+", r"will be (?:\w+ed|there|up|out|ready)", r"on the list", r"i'll (?:take|get|do|send|make|write|bring|put|set|call|submit|move|talk|draft|book|order|fix|escalate|leave|own|update)", r"i(?:'ve)? (?:submit|submitted|raised|ordered|sent|booked|opened)",
    r"by (?:mon|tues|wednes|thurs|fri|satur|sun)day", r"by (?:tomorrow|tonight|next week|the end of|eod|eow)", r"submits?", r"owns? (?:this|it)", r"takes? (?:this|it|over)",
    r"ich (?:mache|schicke|liefere|übernehme|kümmere|reiche|besorge)", r"bis (?:montag|dienstag|mittwoch|donnerstag|freitag|morgen|ende)", r"je (?:m'en occupe|vous envoie|l'envoie|prépare|fais|prends|soumets)",
    r"j'envoie", r"d'ici", r"avant (?:lundi|mardi|mercredi|jeudi|vendredi)", r"(?:yo )?(?:me encargo|lo hago|env[íi]o|preparo|mando)", r"para el (?:lunes|martes|mi[ée]rcoles|jueves|viernes)",
    r"eu (?:fa[çc]o|envio|mando|trato|preparo)", r"trato disso", r"at[ée] (?:segunda|terça|quarta|quinta|sexta)",
)
# It is put aside: neither decided nor done.
PARKED = _any(
    r"parked", r"on hold", r"shelved", r"postponed", r"separately", r"later", r"another (?:day|time|thread)", r"next (?:round|quarter|year|time)", r"not (?:now|today|yet|this (?:time|round|quarter))", r"not deciding", r"revisit\w*", r"no promises?", r"until i say so", r"isn'?t in the plan", r"bring me",
    r"zurückgestellt", r"vertagt", r"später", r"nicht (?:jetzt|heute)", r"nächste (?:runde|mal|jahr)\w*", r"plus tard", r"pas (?:maintenant|aujourd'hui|encore)", r"en attente", r"reporté\w*", r"más (?:tarde|adelante)", r"ahora no", r"todavía no", r"pendiente", r"mais tarde", r"agora não", r"ainda não", r"pendente",
)
# A question that asks what to do.
DELIBERATED = _any(
    r"(?:should|shall|do|must|could) we", r"do i", r"are we", r"will we", r"what (?:do|should) (?:i|we)", r"what'?s our", r"sollen wir", r"sollten wir", r"wollen wir", r"müssen wir", r"(?:on|nous) (?:devrait|devrions|doit|fait quoi)", r"faut-il", r"est-ce qu'on", r"deber[íi]amos", r"debemos", r"qué hacemos", r"devemos", r"dev[íe]amos", r"o que fazemos", r"dobbiamo",
)
# Words after a statement that ask only for a nod.
NOD = re.compile(r"[^.!?]{0,14}\b(?:clear|ok(?:ay)?|right|deal|agreed|objections?|correct|yes|no|everyone|thoughts|fair|klar|oder|einverstanden|passt|d'accord|non|vale|no|de acuerdo|certo|combinado|né|ja)\s?[?？]\W*$", re.IGNORECASE)
REFUSED = re.compile(r"^\W*(?:(?:sorry|ah|hm+|well|uh|oh)[,. ]+)?(?:no|nope|nein|non|não|nee|nah|never|not|leider nicht|lieber nicht|i'?d rather not|i'?ll leave|i'?d leave|we(?:'ll)? (?:keep|leave)|can'?t|cannot)\b", re.IGNORECASE)
IF = re.compile(r"^\W*(?:if|unless|wenn|falls|si|se|als)\b", re.IGNORECASE)
IS = re.compile(r"(?:=|\b(?:is|are|means|makes|ist|sind|macht|heißt|est|sont|fait|es|son|é|são|dá)\b)", re.IGNORECASE)
# Somebody puts something forward.
PROPOSED = _any(
    r"i(?:'d| would)? (?:suggest|propose|recommend|vote)", r"proposal", r"suggestion", r"how about", r"what (?:if|about)", r"could we", r"shall we", r"why don'?t we",
    r"(?:my )?(?:vorschlag|idee)", r"ich schlage vor", r"wollen wir", r"wie w[äa]re", r"k[öo]nnten wir", r"je propose", r"proposition", r"et si (?:on|nous)", r"on pourrait", r"propongo", r"propuesta", r"qu[ée] tal", r"podr[íi]amos", r"y si",
    r"proponho", r"proposta", r"que tal", r"e se", r"pod[íi]amos", r"so\s*:", r"objections\?",
)
OFFERED = _any(r"i can", r"we can", r"ich kann", r"wir können", r"je peux", r"on peut", r"nous pouvons", r"puedo", r"podemos", r"posso", r"podemos", r"happy to", r"gerne")
AGREED = re.compile(
    r"^\W*(?::[\w+-]+:\s*)*(?:\+1|yes+|yep|yeah|yup|agreed?|ok(?:ay)?|works?(?: for (?:me|us))?|fine|good|great|perfect|deal|done|doing (?:it|that)|keeping (?:it|them)|on it|ça me va|cela me va|me parece bien|por m[íi]|por mim|geht klar|für mich (?:ok|gut)|clear|thanks?|thank you|ta|cheers|bless|will do|lets go|let's go|can live with|danke|merci|gracias|obrigad[oa]|grazie|klar|seconded|same|sure|correct|right|true|exactly|absolutely|this|understood|noted|"
    r"sounds good|better than nothing|happy with|no objections?|love it|i'?ll take|finally|ja|jo|genau|stimmt|passt|einverstanden|gut|richtig|sehr gut|oui|d'accord|ok pour|parfait|exact|vu|entendu|pareil|tout à fait|s[íi]|vale|"
    r"de acuerdo|perfecto|exacto|sim|concordo|combinado|perfeito|certo|va bene|perfetto|d'accordo|akkoord|prima|はい|了解|承知)(?!\w)"
    r"|^\W*:(?:\+1|thumbsup|white_check_mark|heavy_plus_sign|100|raised_hands|tada|ok_hand|heart|clap|pray|bow|muscle):\W*$|(?<!\w)(?:friday|monday|tuesday|wednesday|thursday|that|this|it|\w+day) works(?!\w)|^\S+ (?:yes|it is|oui|ja|sim|s[íi])\b",
    re.IGNORECASE,
)  # fmt: skip
# Somebody is against it.
OBJECTED = _any(
    r"against (?:it|this|that|the|cancel\w*|\w+ing)", r"(?:i'?m|i am) (?:also )?against", r"one against", r"(?:one |my )?objections?(?!\?)", r"(?:i )?(?:strongly )?(?:disagree|object)", r"don'?t agree", r"not (?:so )?(?:convinced|sure about|happy|a fan|ok with|comfortable|in favou?r)", r"unconvinced", r"unpopular", r"unfair", r"with (?:all )?(?:due )?respect", r"devil'?s advocate", r"minority", r"dissent\w*",
    r"i(?:'d| would) (?:rather|prefer|hate|never|not|still)", r"i wouldn'?t", r"i don'?t (?:think|believe|buy|see|like|want)", r"would not", r"can'?t (?:accept|support|live)", r"won'?t (?:work|help|fly|sign|use)", r"too (?:late|long|early|slow|expensive|risky|soon|short)", r"bad idea", r"big mistake", r"waste of", r"what(?:'s| is) the point", r"no way", r"nonsense", r"overkill",
    r"doesn'?t (?:help|solve|make sense)", r"not (?:fair|enough|the (?:problem|point|reason|issue))", r"sorry,? but", r"grudgingly", r"reluctantly", r"under protest", r"i keep saying", r"not again", r"left out", r"wild (?:one|idea)", r"keep (?:it|the \w+) as it is", r"i(?:'ll| will) say it", r"hard no", r"for balance", r"in (?:fairness|defen[cs]e)", r"the other side", r"won't fly", r"that kills", r"that'?s a problem", r"(?:my |one |a )?(?:concern|worry)(?: is)?", r"worr(?:ied|ies)", r"push(?:ing)? back", r"counter ?point", r"we tried that", r"makes no sense", r"(?:i have |my )?doubts?", r"s[ck]eptical", r"the opposite", r"on the contrary", r"not in my \w+", r"defend", r"don't (?:throw|drop|kill|cancel|remove)", r"(?:that|this) is not (?:our|my|the)",
    r"bedenken", r"(?:meine |eine )?sorge", r"skeptisch", r"im gegenteil", r"stimmt (?:so )?nicht", r"finde (?:ich|das) nicht", r"bin (?:da )?(?:gegen|anderer)", r"un doute", r"pas s[ûu]re?", r"m'oppose", r"le contraire", r"ne marche(?:ra)? pas", r"m'inquiète", r"no me parece", r"me preocupa", r"al contrario", r"no funciona", r"preocupa-me", r"pelo contrário", r"não funciona",
    r"dagegen", r"unpopul[äa]r\w*", r"nicht (?:einverstanden|überzeugt|begeistert)", r"überzeugt mich nicht", r"sehe (?:ich|das) (?:anders|nicht so)", r"zu (?:spät|lang|teuer|früh|kurz|langsam)", r"würde (?:ich )?(?:nicht|lieber|eher)", r"lieber", r"halte (?:ich )?nichts", r"einspruch", r"quatsch", r"widerspreche", r"widerspruch",
    r"pas d'accord", r"(?:je suis|suis) contre", r"pas convaincue?", r"trop (?:tard|long|cher|tôt|court|lent)", r"je préfère", r"je ne (?:crois|pense) pas", r"je (?:suis|crois|pense) pas", r"mauvaise idée", r"au contraire",
    r"en contra", r"no estoy (?:de acuerdo|convencid[oa])", r"no (?:me convence|comparto|creo|lo veo)", r"demasiado (?:tarde|largo|caro|pronto)", r"prefiero", r"mala idea", r"discrepo", r"no me gusta",
    r"sou contra", r"discordo", r"não (?:concordo|acho|me convence|gosto)", r"prefiro", r"má ideia", r"tarde demais", r"muito (?:tarde|caro|longo)", r"sono contrari[oa]", r"non sono d'accordo", r"oneens", r"liever",
)
# Somebody sees the other side.
DOUBTED = _any(
    r":-1:|:thumbsdown:|-1", r"hmm*", r"works for (?:me|us|mine)", r"(?:my|our) (?:customers?|surgeons?|accounts?|nurses?) (?:love|like|use)",
    r"but", r"careful", r"wrong", r"hurts?", r"(?:a |at )?risk(?:y)?", r"mistake", r"to be fair", r"however", r"on the other hand", r"again", r"story of my life", r"shame", r"still", r"unless", r"not (?:sure|true|our|everybody|everyone|all)", r"should(?:n'?t| not)", r"why not", r"instead", r"nobody", r"never", r"not (?:in|for) \w+", r"here (?:it|we)", r"worked (?:well )?(?:for|in|with)", r"(?:is|are|was|were) (?:fine|good|great) (?:in|for|with)",
    r"aber", r"warum nicht", r"trotzdem", r"falsch", r"schade", r"wieder", r"mais", r"dommage", r"pourtant", r"erreur", r"encore", r"chez (?:moi|nous)", r"bei (?:mir|uns)", r"pero", r"sin embargo", r"error", r"otra vez", r"mas", r"no entanto", r"outra vez", r"erro", r"ma", r"però", r"maar",
)
WITHDRAWN = _any(
    r"withdrawn?", r"i withdraw", r"i take (?:it|that|this) back", r"scratch that", r"never ?mind", r"ignore (?:me|my|that)", r"forget (?:it|what i said|my)", r"my bad", r"i stand corrected", r"i was wrong", r"convinced(?: me)?", r"you'?re right", r"fair (?:enough|point)", r"happy to drop",
    r"zurückgezogen", r"ziehe (?:ich )?(?:das |es |meinen \w+ )?zurück", r"nehme (?:ich )?(?:das |es |alles )?zurück", r"vergesst (?:es|das)", r"überzeugt", r"hast recht", r"je retire", r"oubliez", r"laisse(?:z)? tomber", r"tu as raison", r"vous avez raison", r"lo retiro", r"olvidad?(?:lo)?", r"tienes raz[óo]n", r"retiro(?: o que)?", r"esque[çc]am?", r"tens raz[ãa]o",
)
# What was said before is taken back, or a number or date is put right.
REVERSED = _any(
    r"stop(?: please)?", r"(?:one |small |last |big )?(?:change|update|correction)", r"correct(?:ing|ed)", r"hold on", r"wait", r"on hold", r"reversed?", r"revers(?:e|ing|al)", r"changed? (?:of plan|my mind|our mind)", r"not any ?more", r"no longer", r"after all", r"moves? (?:from|to)", r"moved (?:from|to)", r"postponed?", r"delayed", r"cancel(?:led|ed|s)?", r"instead of", r"(?:so )?we do \W?not\W?", r"take (?:it|that|this) back", r"scrap(?:ped)?", r"new (?:date|plan|number|deadline)", r"now (?:it'?s|is|on)", r"was wrong", r"miscounted", r"typo", r"my mistake", r"actually", r"turns out", r"should (?:be|have been|read)(?= \d)", r"i meant", r"recount(?:ed)?", r"double[- ]checked", r"rather than",
    r"halt", r"stopp", r"korrektur", r"korrigiere", r"doch nicht", r"verschoben", r"verschiebt", r"statt", r"abgesagt", r"zurückgenommen", r"neuer? (?:termin|stand)", r"sondern", r"verzählt", r"tippfehler", r"richtig (?:ist|wäre)", r"rectification", r"je corrige", r"correction", r"finalement", r"report[ée]e?", r"annul[ée]e?", r"au lieu de", r"en fait", r"erreur de ma part", r"correcci[óo]n", r"corrijo", r"al final", r"aplazad[oa]", r"cancelad[oa]", r"en vez de", r"en realidad", r"corre[çc][ãa]o", r"corrijo", r"afinal", r"adiad[oa]", r"em vez de", r"na verdade",
)
CORRECTED = _any(
    r"correct(?:ion|ing|ed)", r"miscounted", r"typo", r"was wrong", r"wrong (?:number|count|figure|date)", r"my mistake", r"i meant", r"should (?:be|have been|read)(?= \d)", r"recount(?:ed)?", r"double[- ]checked", r"counted (?:again|twice)", r"(?:that'?s|it'?s|is) not \d", r"not \d+", r"actually",
    r"korrektur", r"korrigiere", r"verzählt", r"tippfehler", r"richtig (?:ist|wäre|sind)", r"nicht \d+", r"rectification", r"je corrige", r"erreur", r"pas \d+", r"en fait", r"correcci[óo]n", r"corrijo", r"no \d+", r"en realidad", r"corre[çc][ãa]o", r"não \d+", r"na verdade", r"errata",
)
# Somebody asks for something to be made, changed or given.
WANTED = _any(
    r"(?:please|pls|plz) (?:\w+ )?(?:add|make|send|build|fix|translate|change|update|give|bring|include|put|remove|replace|write|create|provide|share|print|shorten)", r"(?:please|pls|plz|bitte|por favor|svp|s'il (?:vous|te) pla[iî]t)\W*$", r"please add",
    r"(?:we|i)(?:'d| would)?(?: really| also| just| still)? (?:need|want|like|love|kill for)", r"i'?d (?:like|love|rather have)", r"(?:can|could|may) (?:i|we|you|someone|somebody|marketing|they)(?: at least| also| please| maybe)? (?:get|have|make|do|add|send|build|give|fix|translate|provide|put|include)", r"can the \w+ be", r"is there (?:going to be|a|an|any)", r"are there (?:any|plans)", r"any (?:chance|plans?)", r"(?:any|a|one) (?:\w+ )?(?:for|in) (?:us|german|french|spanish|portuguese|japanese|english|italian|dutch)",
    r"wish(?: ?list)?", r"give (?:me|us)", r"(?:bring|send|get) (?:me|us)", r"request(?:ed|s)?", r"(?:every|each|all|many|several|most|two|three|four|five|\d+) (?:\w+ ){0,3}(?:asks?|asked|want(?:s|ed)?|need(?:s|ed)?)(?! (?:me|us|why))", r"(?:customers?|surgeons?|doctors?|nurses?|buyers?|procurement|professors?|guys|accounts?|hospitals?|clinics?|pharmac\w+) (?:\w+ ){0,2}(?:ask|asks|asked|want|wants|need|needs)", r"top .{0,20}ask", r"would (?:help|be (?:great|useful|nice|good))", r"when (?:do|will|can|are) (?:we|i|they) (?:get|have|getting)", r"quand (?:aur|est-ce|aura|vient|arrive)\w*", r"wann (?:bekommen|kommt|gibt|haben|kriegen)", r"cuándo (?:tendremos|llega|habrá)", r"quando (?:teremos|vem|chega|haverá)",
    r"(?:my|our) (?:\w+ ){0,2}(?:needs?|wants?|asks?|would like)",
    r"(?:wir|ich) (?:brauch|bräucht|hätt|möcht|wünsch)\w*", r"(?:brauch|bräucht)\w*", r"hätte[nt]? (?:ich |wir )?gern\w*", r"wunsch", r"gibt es", r"(?:könnt|könntet|könnte|können|kann) (?:ihr|man|jemand|marketing|wir|ich) .{0,40}(?:haben|bekommen|machen|kriegen)", r"wäre (?:toll|gut|hilfreich|super)", r"bitte (?:auch )?\w+", r"(?:on|nous|j')\s?(?:a(?:vons|i)? besoin|aimerai[st]|voudrai[st]|veut)", r"il (?:nous |me )?(?:faut|faudrait|manque)", r"besoin (?:d|de)", r"pourr(?:iez|ait|ions)[- ](?:vous|on|nous)", r"est-ce qu'on (?:peut|pourrait) avoir",
    r"necesit\w+", r"por favor", r"hace falta", r"har[íi]a falta", r"quer(?:emos|r[íi]a\w*)", r"(?:podr[íi]a\w*|podemos|pod[ée]is) (?:tener|a[ñn]adir|hacer|enviar|dar)", r"me gustar[íi]a", r"precis(?:o|amos|ava\w*)", r"faz(?:ia)? falta", r"quer[íi]a(?:mos)?", r"gostava\w*", r"pod(?:em|iam|emos) (?:ter|fazer|enviar|acrescentar)", r"abbiamo bisogno", r"vorre(?:i|mmo)", r"graag", r"欲しい|必要|お願い",
)
# Something is not there, which may be an ask.
LACKING = _any(
    r"missing", r"needs?", r"needed", r"should (?:have|say|show)", r"must (?:have|say|show)", r"no (?:\w+ )?version", r"only (?:in )?(?:english|us|usd|german|french)", r"lacks?", r"without", r"(?:in|auf|en|em) (?:german|french|spanish|portuguese|italian|japanese|deutsch|fran[çc]ais|espa[ñn]ol|portugu[êe]s|alem[áa]n)", r"i keep saying", r"not in (?:german|french|spanish|english)", r"fehlt", r"fehlen", r"ohne", r"manque", r"sans", r"falta[n]?", r"sin", r"sem", r"manca", r"has no", r"have no", r"there is no", r"there's no", r"no source",
)
# What marketing makes.
MADE_BY_MARKETING = _any(
    r"one[- ]?pagers?", r"pages?", r"sheets?", r"decks?", r"slides?", r"videos?", r"subtitles?", r"brochures?", r"fl[yi]ers?", r"leaflets?", r"battle ?cards?", r"cards?", r"calculators?", r"versions?", r"translations?", r"templates?", r"posters?", r"handouts?", r"white ?papers?", r"case stud(?:y|ies)", r"stories", r"story", r"demos?", r"recordings?", r"webinars?", r"trainings?", r"guides?", r"faqs?", r"posts?", r"ads?", r"pictures?", r"images?", r"photos?", r"graphs?", r"charts?", r"data", r"numbers?", r"pricing", r"prices?", r"samples?", r"emails?", r"scripts?", r"pdfs?", r"qr codes?", r"links?", r"booth", r"kits?", r"explainers?", r"comparison", r"follow[- ]up", r"evidence", r"quotes?", r"references?",
    r"folien?", r"seiten?", r"blatt|bl[äa]tter|datenblatt", r"preisliste\w*", r"broschüren?", r"übersetzung\w*", r"vorlagen?", r"rechner", r"fassung", r"unterlagen?", r"bilder", r"zahlen", r"daten", r"studien?", r"fiches?", r"plaquettes?", r"diapos?(?:itives?)?", r"présentations?", r"vidéos?", r"traductions?", r"modèles?", r"calculette", r"tarifs?", r"chiffres", r"données", r"études?", r"sous-titres", r"fichas?", r"folletos?", r"diapositivas?", r"presentaci[óo]n(?:es)?", r"v[íi]deos?", r"traducci[óo]n(?:es)?", r"plantillas?", r"calculadoras?", r"precios?", r"datos", r"estudios?", r"subt[íi]tulos", r"folhetos?", r"apresenta[çc](?:ão|ões)", r"tradu[çc](?:ão|ões)", r"modelos?", r"pre[çc]os?", r"dados", r"estudos?", r"legendas", r"p[áa]ginas?", r"资料|資料|動画|スライド",
)
# An answer that is none: the question stays open.
PUT_OFF = _any(
    r"i(?:'ll| will) (?:ask|check|find out|look|see|come back|get back|try|let you know)", r"(?:find|looking for|need) an? owner", r"(?:take|bring|raise|put) (?:it|this|that) (?:to|with) \w+", r"let me (?:check|ask|see|find)", r"(?:i )?don'?t know", r"no idea", r"not sure(?: yet)?", r"trying to find out", r"good question", r"can'?t (?:promise|say|tell)(?: yet)?", r"to be (?:decided|confirmed|checked)", r"tb[cda]", r"not (?:yet|deciding today)", r"if it happens", r"we(?:'ll| will) see", r"depends", r"maybe", r"could be", r"probably", r"someone (?:should|needs to|has to|must)", r"who knows", r"source\?", r"asking \w+", r"open(?: question| point)?", r"unclear", r"nobody knows", r"no answer yet", r"waiting (?:for|on)", r"still (?:open|waiting|checking)", r"isn'?t in the plan",
    r"ich (?:frage|kläre|prüfe|schaue)(?: nach)?", r"weiß (?:ich )?(?:es )?(?:noch )?nicht", r"keine ahnung", r"mal sehen", r"kommt darauf an", r"noch offen", r"unklar", r"muss ich (?:klären|fragen|prüfen)", r"je (?:demande|vérifie|regarde|me renseigne)", r"je (?:ne )?sais pas", r"bonne question", r"on verra", r"à voir", r"ça dépend", r"peut-être",
    r"no (?:lo )?s[ée]", r"lo (?:pregunto|miro|consulto|compruebo)", r"pregunto", r"ya veremos", r"depende", r"buena pregunta", r"quizás?", r"não sei", r"vou (?:perguntar|ver|verificar)", r"logo se vê", r"boa pergunta", r"talvez", r"pergunto", r"わからない|確認します",
)
# Things that somebody would like to know, without a question mark.
WONDERED = _any(
    r"(?:one thing )?i can'?t (?:promise|say)(?: yet)?", r"(?:i )?(?:don'?t|do not) know (?:yet )?(?:whether|if|who|what|how|when|why)", r"whether", r"unclear", r"(?:still|remains?|stays?|is|are) open", r"to be (?:decided|confirmed|checked)", r"open (?:question|point|item)s?", r"tb[cda]", r"wonder(?:ing)?(?: whether| if)?", r"nobody knows", r"we need to (?:know|find out|decide)", r"need (?:somebody|someone)", r"someone in", r"unknown", r"(?:might|may|could) (?:be |come |not )?(?:too )?(?:late|short|tight|miss\w*|slip|fail|change)", r"if all goes well", r"fingers crossed", r"not (?:yet )?(?:decided|clear|known|confirmed|checked|verified)",
    r"unklar", r"(?:noch|ist|bleibt) offen", r"ob (?:wir|das|der|die|es)", r"weiß nicht", r"pas (?:encore )?(?:clair|décidé|confirmé|vérifié)", r"reste à", r"à (?:confirmer|vérifier|valider)", r"no (?:está|es) (?:claro|confirmado)", r"(?:por|falta) (?:confirmar|decidir|saber)", r"falta saber", r"não (?:está|é) (?:claro|confirmado)", r"por (?:confirmar|decidir|verificar)",
)
CAUSE = _any(
    r"because", r"since", r"due to", r"the reason", r"that'?s why", r"so that", r"therefore", r"found it", r"caused? by", r"means that", r"turns out", r"which means", r"links? to", r"comes from", r"depends on", r"in fact",
    r"weil", r"wegen", r"deshalb", r"der grund", r"daher", r"denn", r"parce qu\w+", r"à cause", r"la raison", r"car", r"donc", r"grâce", r"porque", r"por eso", r"debido", r"la causa", r"ya que", r"por causa", r"devido", r"por isso",
)
TROUBLE = _any(
    r"lost", r"los(?:e|es|ing)", r"stops?", r"blocks?(?:ed|er)?", r"fail(?:s|ed|ing)?", r"broken", r"wrong", r"old", r"outdated", r"expired?s?", r"missing", r"never", r"nobody", r"no one", r"late", r"delayed", r"refus\w+", r"reject\w+", r"complain\w*", r"against", r"instead", r"only", r"not", r"cannot", r"can'?t", r"without", r"won'?t", r"isn'?t", r"doesn'?t", r"didn'?t", r"gone", r"won", r"signed", r"closed",
    r"verloren", r"fehlt", r"kein\w*", r"nicht", r"falsch", r"abgelaufen", r"nie", r"niemand", r"ohne", r"gewonnen", r"perdu\w*", r"manque", r"pas", r"jamais", r"personne", r"sans", r"gagné", r"expiré", r"perdid\w+", r"perdimos", r"falta", r"nunca", r"nadie", r"sin", r"ganad\w+", r"caducad\w+", r"perdemos", r"não", r"ninguém", r"sem", r"ganh\w+", r"expirad\w+", r"no",
)
# Something has happened or is known now.
NEWS = _any(
    r"updates?", r"answered", r"confirm(?:s|ed)", r"commit(?:s|ted)", r"found", r"results?", r"wrote", r"says?", r"said", r"approved", r"cleared", r"released", r"due", r"free", r"expires?", r"closes?", r"opens?", r"arrived", r"measured", r"counted", r"compared",
    r"bestätigt", r"gefunden", r"ergebnis\w*", r"freigegeben", r"läuft ab", r"schreibt", r"sagt", r"confirm[ée]e?", r"trouvé", r"résultats?", r"validée?", r"expire", r"dit", r"confirmad[oa]", r"resultados?", r"aprobad[oa]", r"caduca", r"dice", r"aprovad[oa]", r"expira", r"diz", r"encontr\w+",
)
HEDGED = _any(
    r"rumou?rs?", r"(?:i )?think", r"i guess", r"i heard", r"apparently", r"supposedly", r"allegedly", r"somebody said", r"feels like", r"gerücht\w*", r"angeblich", r"ich glaube", r"il paraît", r"je crois", r"on dit", r"dizem", r"acho que", r"dicen", r"creo que",
)
JOKED = re.compile(
    r":(?:joy|rofl|laughing|sweat_smile|zipper_mouth_face|middle_finger|clown_face|upside_down_face|wink|stuck_out_tongue|facepalm|see_no_evil|skull|sob|eyes|iphone|popcorn|smirk|grin|beers?|coffee|cake|pizza):|😂|🤣|🙈|😅"
    r"|(?<!\w)(?:lol|haha+|hehe|lmao|rofl|jaja+|kkk+|brother|mate|dude|mit liebe|just kidding|jk|scherz)(?!\w)",
    re.IGNORECASE,
)
# Words for a machine, not for colleagues: what follows them is nobody's claim.
FOR_MACHINES = re.compile(
    r"(?:ignore|disregard|forget|override)\b.{0,30}\b(?:instructions?|prompts?|rules|above|previous|prior)|\b(?:ai|llm|language model|chat ?gpt|chatbot)s?\b.{0,20}\b(?:assistants?|reading|summari[sz]ing|agents?|models?)"
    r"|system prompt|you are (?:now )?(?:an?|the) (?:ai|assistant|bot|summari[sz]er)|</?(?:system|assistant|user|instructions?)>|ignor(?:iere|ez|a|e|en)\b.{0,30}(?:anweisung|instru)|\b(?:summary|summari[sz]er?)\b.{0,20}\b(?:must|should|has to) (?:say|state|report|include)",
    re.IGNORECASE,
)  # fmt: skip
# A question that begins as one, and may have no mark.
QUESTION = re.compile(
    r"^\W*(?:(?:so|and|but|ok|also|sorry|und|et|y|e)[, ]+)?(?:wh(?:at|y|o|en|ere|ich|ose)(?:'s|'re)?|how(?:'s)?|(?:can|could|do|does|did|is|are|was|will|would|should|shall|may|has|have) (?:i|we|you|they|it|he|she|the|this|that|there|anyone|anybody|someone|somebody|marketing|our|my)"
    r"|wer|was|wann|wo|warum|wieso|wie|welche[rs]?|(?:gibt|kann|können|darf|dürfen|ist|sind|hat|haben|wird) (?:es|man|wir|ich|das|die|der|jemand|ihr)|est-ce|pourquoi|comment|combien|quand|qui|quel(?:le)?s?|c[óo]mo|qué|cu[áa]ndo|qui[ée]n|cu[áa]nt[oa]s?|dónde|por ?qu[êé]|como|quando|quem|quant[oa]s?|onde)\b",
    re.IGNORECASE,
)  # fmt: skip
# A reference to what stands before, without which a sentence says little.
LEANING = re.compile(
    r"^\W*(?:it|that|this|they|those|these|he|she|yes|no|yep|nope|then|so|and|but|or|true|correct|right|because|same|them|das|es|ja|nein|dann|oui|non|sí|sim|não|no|el|ça|c'est|isso|eso)\b",
    re.IGNORECASE,
)
