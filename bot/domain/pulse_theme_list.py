"""The themes that marketing in this trade knows: what people read of each, and what their words are held against."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Described:
    """A theme: `line` is what people read, `words` what they might write.

    `names` are words that name it, or how such words begin, in a few languages.
    """

    name: str
    line: str
    words: str
    names: str

    @property
    def beginnings(self) -> tuple[str, ...]:
        """With which the words begin that name it."""
        return tuple(self.names.split())


DESCRIBED = (
    Described(
        "Length",
        "It is too long or too dense",
        "It is too long: too many slides and pages, too many minutes, nobody reads it to the end. Make it "
        "shorter. Too dense, too much text, keep it to one page.",
        "long slide page minute short dense lang seite minuten folien trop pages largo paginas longo",
    ),
    Described(
        "Out of date",
        "Data, prices, names or versions are no longer right",
        "It is out of date: old data, old prices, old names, an old version or logo from last year. Claims and "
        "numbers in it are no longer right and have expired.",
        "outdated old expired supersed veralte obsol ancien antigu desactualiz",
    ),
    Described(
        "Hard to find",
        "People could not find it, or did not know of it",
        "I could not find it, searched everywhere, and did not know that it exists. Wrong version in the "
        "folder, portal or library; where is it stored.",
        "find found search searched folder portal library buried where gefunden suche trouv cherch encontr busc",
    ),
    Described(
        "Language",
        "It is not in the language that customers need",
        "It is not in the language that the customer needs: German, French, Spanish, Portuguese, Japanese. The "
        "translation is poor or missing, only in English.",
        "language german french spanish portuguese japanese italian dutch english translat deutsch übersetz "
        "sprache traduc traduç anglais français idioma inglés inglês",
    ),
    Described(
        "Evidence",
        "Clinical or technical evidence",
        "Clinical evidence: studies, trials, publications, follow-up data, surgeons ask for proof. Technical "
        "data and test results are missing or too thin.",
        "evidence clinical study studies trial publication published proof evidenz studie étude estudio estudo",
    ),
    Described(
        "Economic figures",
        "Savings, budgets and calculators",
        "Economic figures: savings, return on investment, cost per case, budget impact, calculator. The finance "
        "director did not believe the numbers.",
        "roi saving savings calculator payback finance cfo economic budget einsparung rechner",
    ),
    Described(
        "Competitors",
        "A competitor, its products or its offer",
        "The customer raised a competitor, its product or its offer. They compare us with the other company, a "
        "rival's deal.",
        "competitor competition rival versus wettbewerb konkurr concurren competidor",
    ),
    Described(
        "Price",
        "Prices, discounts and contracts",
        "Price, price list, discount, contract and tender terms. Too expensive, the price is what the talk was about.",
        "price pricing prices discount expensive tender preis rabatt ausschreibung prix remise precio preço",
    ),
    Described(
        "Works well",
        "It helped, and customers liked it",
        "Customers liked it, it worked in the room and moved the talk forward. Great, helpful, keep it. It won "
        "the meeting, they asked for a copy.",
        "loved great helped liked perfect excellent brilliant super toll parfait excelente won",
    ),
    Described(
        "Look and sound",
        "Pictures, layout, video and design",
        "Pictures, layout, animation, video, voice, fonts, colours, tone of design. Looks good, looks ugly, the "
        "photos.",
        "picture image photo layout animation video voice font colour color design diagram graphic bild foto imagen",
    ),
    Described(
        "Local fit",
        "Currencies, codes and examples of a country",
        "Currency, reimbursement codes, registers, units and examples do not fit our country or hospital. "
        "American examples, dollars and inches are of no use here.",
        "currency dollar dollars euro reimbursement register registry inch inches american drg codes country währung",
    ),
    Described(
        "For whom it is",
        "Made for other customers than these",
        "Made for another role: surgeons, nurses, procurement, administrators; not for my kind of customer. Too "
        "technical for buyers, too commercial for doctors.",
        "surgeon surgeons nurse nurses procurement buyer buyers administrator audience chirurg pflege einkauf",
    ),
    Described(
        "Waiting for release",
        "Approval or translation takes long",
        "Waiting for approval, legal, regulatory or medical review; it came too late for the launch. Release "
        "and translation take weeks.",
        "approval approved legal regulatory review release waiting freigabe zulassung validation aprobación",
    ),
    Described(
        "Access",
        "It does not open, load, play or print",
        "It does not open, load, play or print: blocked, broken link, login, mobile, network, slow system. The "
        "app crashes, the file is too big to send.",
        "open opens load loads print link login blocked firewall wifi network phone mobile crash offline "
        "download password",
    ),
    Described(
        "Training",
        "How to use it, and how to present it",
        "We need training, coaching and practice: how to use it, how to present it, an example of a good talk. "
        "Nobody has ever shown us.",
        "training trained coaching practice schulung formation formación",
    ),
    Described(
        "Deliveries",
        "Stock, samples, instruments and loan sets",
        "Delivery, stock, backorders, samples, instruments and loan sets come late or are missing.",
        "delivery stock sample samples instrument instruments loan lieferung livraison entrega",
    ),
)
