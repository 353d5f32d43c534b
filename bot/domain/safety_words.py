"""The words of the safety screen by what they stand for, in English, German, French, Spanish and Portuguese.

Entries are separated by commas and written without accents, capitals and apostrophes ("didnt"). A `*` stands for any end
of the word, a `~` for up to three words in between. Sources: how colleagues write about devices, and the event terms
that ISO 14971 and the medical-device vigilance forms name (malfunction, deterioration, inadequate labelling, harm).
"""

WORDS: dict[str, str] = {
    # parts of an implant that stays in a patient
    "implant": """
        cage*, screw, screws, rod, rods, stem, stems, cup, cups, liner*, implant*, prosthes*, femoral head, plate,
        plates, set screw*, locking cap*, interbod*, spacer*, nail, nails, pedicle, schraube*, pedikelschraube*, stab,
        stabe, schaft, pfanne*, inlay*, kopfchen, hufte, prothese*, endoprothese*, platte, vis, tige, tiges, cupule*,
        insert, plaque, tete, hanche, tornillo*, barra, barras, vastago*, copa, jaula*, protesis, placa, cadera,
        parafuso*, haste, hastes, gaiola*, taca, protese*""",
    # pumps, instruments, packaging, labels and software
    "device": """
        pump, pumps, alarm*, battery, sensor*, detector*, charger*, touchscreen*, display, inserter*, driver*,
        screwdriver*, reamer*, impactor*, clamp*, torque wrench*, wrench*, instrument*, drill, drills, loaner set*,
        blister*, sterile pack*, sterile barrier, syringe*, tubing, infusion set*, giving set*, catheter*, cannula*,
        drug library, software, firmware, planning, serial, lot number, batch, device*, infuser*, stapler*,
        handpiece*, tray, kit, ventilator*, pumpe, pumpen, infusionspumpe*, akku, batterie*, schraubendreher*, fraser,
        raspel*, zange, verpackung*, etikett*, gerat, gerate, bildschirm, seriennummer, ladegerat, pompe, pompes,
        pousse seringue*, tournevis, emballage*, etiquette*, appareil*, ecran, logiciel, dispositif*, chargeur, bomba,
        bombas, destornillador*, embalaje*, envase*, etiqueta*, pantalla, bateria*, equipo, dispositivo*, chave de
        fenda, embalagem, ecra, tela, aparelho*, carregador, limiter, tracker, screen, screens, keypad, button,
        buttons, plug, cable, cord, connector*, valve, filter*, tube, tubes, line, needle, needles, blade*, trocar,
        sheath, guidewire, guide wire, k wire, jig, template guide, steril*, wrap, pouch*, seal, expiry, sharp edge,
        edge, mri, monitor*, system, unit, units, machine*, robot*, navigation unit, label, labels, labelling,
        packag*, kabel, stecker, schlauch, ventil, nadel*, klinge, bohrer, sage, sieb, anzeige, taste, tasten,
        maschine, prise, tuyau, aiguille*, lame, perceuse, systeme, touche, sachet, moteur, enchufe, tubo, valvula,
        aguja*, hoja, taladro, maquina, sistema, sello, motor, cabo, agulha*, lamina, broca, measurement*, reading,
        readings, handle, torque""",
    # it broke, stopped, moved or did something it should not
    "fault": """
        broke, broken, breaks, breakage, snapped, cracked, crack, cracks, fractured, shatter*, splinter*, bent, split,
        leak*, stripped, strips, jam, jams, jammed, stuck, seized, rust, rusty, rusted, corro*, defect*, faulty,
        malfunction*, failed, fails, failure*, failing, dies, died, dead, frozen, froze, freezes, hung, crash,
        crashed, crashes, crashing, reboot*, restart*, shut down, shuts down, shut off, shuts off, shutdown, switched
        off, switches off, switched itself, went blank, turned off, turns off, stopped, stops, cut out, cuts out,
        error*, false alarm*, misread*, miscount*, counted wrong, count* wrong, wrong rate, wrong dose, wrong level,
        wrong side, wrong value*, wrong page, wrong drug, measurement* off, off by, mislabel*, cross thread*, come
        apart, came apart, fell apart, come off, came off, comes off, coming off, fell off, fell out, slipped,
        squeak*, overheat*, smok*, sparks, sparked, caught fire, melted, wiped, too early, silencing, tape over,
        damaged, pierced, punctured, unsealed, not sterile, unsterile, nonsterile, contaminat*, over deliver*,
        overdeliver*, under deliver*, underdeliver*, over infus*, overinfus*, underinfus*, under infus*, free flow*,
        freeflow*, too tall, too fast, too slow, swapped, by itself, on its own, gebrochen*, abgebrochen*, bricht,
        brach, gerissen, geplatzt, undicht, verbogen*, klemmt, verklemmt, rostig*, rost, defekt*, kaputt*,
        beschadigt*, ausgefallen, fallt aus, fiel aus, versagt*, abgesturzt, eingefroren, hangt sich auf, geht ~ aus,
        schaltet ~ ab, schaltet ~ aus, ging ~ aus, zeigt ~ falsch*, falsche seite, vertauscht, fehlalarm*, falsch
        beschriftet, offen war, fehler, fehlermeldung, spinnt, gestoppt, casse, cassee, cassees, casses, brise*,
        fissure*, fendu*, rompu*, bloque, bloquee, bloques, coince*, rouille*, en panne, tombe en panne, tombee en
        panne, perce, percee, dechire*, abime*, endommage*, s eteint, s arrete, s est arrete*, s est eteint*, plante,
        plantee, erreur, fuit, fuite, fausse alarme*, mauvais niveau, mauvais cote, roto, rota, rotos, rotas, rompio,
        rompieron, se rompe, partio, quebro, quebrado, agrietad*, atascad*, atasco, oxidad*, averiad*, fallo, falla,
        fallos, fallaron, apago, se apaga, se paro, se detuvo, bloqueo, bloqueado, colgo, fuga, danad*, abiert*,
        perforad*, lado equivocado, nivel equivocado, falsa alarma, partiu, quebrou, quebrada, rachad*, travou,
        travad*, enferruj*, defeito*, avari*, falhou, falha, falhas, desligou, parou, erro, vazamento, vazou,
        danificad*, violad*, bloqueou, sheared, shear, torn, tore, ripped, black, dark, out of service, out of order,
        recalled, recall, mirror image, mirrored, wrong, incorrect*, false, collapsed, deform*, buckled, kinked,
        burst, ruptured, disconnect*, detached, separated, shutting ~ off, shutting down, switching ~ off, turning ~
        off, powering off, powered off, cutting out, drains, drained, blood on, dirty, stain*, residue, expired when,
        past its expiry, expiry date, missing a part, parts missing, piece missing, out of tolerance, miscalibrat*,
        uncalibrated, inaccurat*, overdose, does nothing, gave up, glitch*, bug, bugs, bricked, hangs, abgerissen*,
        ausgebrochen*, zerbrochen*, zersprungen*, gesprungen, gekracht, verdreht, lasst sich nicht, falsch, falsche,
        falschen, falscher, schwarz, aussetzer, raucht, uberhitzt*, blutig, verschmutzt*, unsteril, zerrissen,
        eingerissen, geloscht, stumpf, nur noch, ohne alarm, hangt, wackelt, ausgelaufen, lauft aus, arrache*, tordu*,
        decolle*, sale, souille*, fumee, surchauff*, noir, faux, fausse, efface*, hors service, s ouvre, doblad*,
        torcid*, desgast*, sucio, sucia, humo, sobrecalent*, en negro, equivocad*, borro, fuera de servicio, dobrad*,
        gasto, sujo, suja, fumo, sobreaquec*, preto, incorret*, errad*, apagou, fora de servico""",
    # what an implant does in a patient and must not: a complaint and an adverse event
    "moved": """
        loose, loosen*, went loose, came loose, worked loose, backed out, backing out, backs out, backed itself out,
        pulled out, pull out, pullout, popped out, pops out, migrat*, sank, sunk, sinks, sinking, subsid*, displaced,
        dislodg*, slipped, shifted, protrud*, cut through, cut out, disassembl*, disengag*, disassociat*, dissociat*,
        fractured, locker, gelockert*, lockert*, lockerung*, gelost, lose, raus, rausgedreht, herausgedreht,
        ausgerissen, gewandert, wandert, verrutscht, disloziert*, eingesunken, abgesackt, migriert*, nach hinten
        gewandert, herausgekommen, gebrochen*, luxiert*, ressorti*, sorti*, descelle*, desserre*, devisse*, migre*,
        deplace*, enfonce*, affaisse*, cassee, rompue, recule, reculee, recul, aflojo, aflojado, aflojaron,
        aflojamiento, solto, soltado, salio, se ha salido, migro, migrado, migracion, hundio, hundido, desplazo,
        desplazado, desenrosc*, soltou, afrouxou, afrouxad*, saiu, migrou, afundou, deslocou, deslocad*""",
    # something did not do what it is for: counts with a "no" beside it
    "duty": """
        sound, sounded, go off, going off, went off, alarm, work, working, works, hold, seat, seated, release, lock,
        locked, engage, turn on, switch on, start, respond, infuse, infusing, deliver, delivered, close, connect, fit,
        beep, ring, perform, function, detect, warn, stop, tighten, grip, deploy, expand, boot, print labels,
        funktionier*, ging, geht, kam, kommt, klingelt*, geklingelt, lauft, lief, halt, hielt, passt, alarmiert*,
        ausgelost, angesprungen, gefordert, laden, ladt, rastet, fonctionne*, marche*, sonne, sonnee, declenche*,
        tient, demarre*, s enclenche, recu, delivre*, affiche, s allume, funciona*, funciono, sono, suena, sonado,
        salto, carga, enciende, encendio, arranca*, aguanta, encaja, infundio, infunde, funcionou, tocou, toca, soou,
        carrega, liga, ligou, encaixa, dispara, disparou""",
    "no": """
        not, never, didnt, doesnt, dont, wont, wouldnt, cant, cannot, couldnt, isnt, wasnt, hasnt, havent, refuses to,
        refused to, fails to, failed to, stopped, no longer, nt, nicht, nie, kein, keine, keinen, pas, jamais, aucun,
        aucune, rien, no, nunca, nao, nem""",
    "nobody": """
        nobody, no one, noone, none, without, never had, no, not a, any, nothing, niemand, ohne, kein, keine, keinen,
        null, personne, sans, aucun, aucune, nadie, sin, ningun, ninguna, ninguem, sem, nenhum, nenhuma, ni, zero""",
    "slow": """
        took ~ minutes, took ~ min, took ~ mins, too late, delayed, zu spat, erst nach, trop tard, tarde, tardo,
        minutos despues, demorou""",
    # a person was hurt: enough by itself
    "harm": """
        dvt, embol*, thrombos*, sepsis, septic, hematoma*, haematoma*, transfus*, extravasat*, reop, reops, re
        operat*, revision surgery, revision booked, revision scheduled, booked for revision, for revision on, revised,
        second surgery, second op, another op, another operation, another surgery, second operation, operated on
        again, operated again, surgery again, done again, opened ~ up again, return* to theatre, back to theatre, back
        to surgery, back to the or, back in theatre, back in the or, go back in, went back in, going back in, goes
        back in, took ~ out again, washout, wash out, debridement, foot drop, drop foot, dural tear*, durotomy, csf
        leak*, nerve injury, nerve damage, nerve palsy, nerve root, palsy, paralys*, paralyz*, paraple*, lost feeling,
        loss of feeling, cant feel, cant move, numbness, needlestick*, needle stick*, stick injury, stuck herself,
        stuck himself, unresponsive, cardiac arrest, resuscitat*, code blue, ended up in ~ icu, ended up in intensive,
        to intensive care, transferred to icu, moved to icu, passed away, deceased, died, dies, death of, didnt make
        it, overdos*, underdos*, over dos*, under dos*, dislocat*, subluxat*, nonunion, non union, pseudarthros*,
        pseudoarthros*, injured, injury, injuries, hospitali*, readmi*, anaphyla*, allergic reaction, seizure*,
        stroke, necro*, amputat*, perforat* of, extend* ~ anaesthe*, extend* ~ anesthe*, longer under anaesthe*,
        longer under anesthe*, electric shock, hypotens*, hypertens*, desaturat*, bradycard*, hypoglyc*, bled out,
        collapsed, fainted, lost consciousness, in a coma, side effect*, adverse event*, adverse reaction*,
        complication*, unerwunschte*, verstorben*, gestorben, starb, todesfall*, nachoperi*, operi* ~ nochmal,
        nochmal* ~ operi*, nochmals operi*, erneut operi*, erneute operation, erneute op, wieder operi*, zweite op,
        zweite operation, revision, revidiert*, nachblut*, wundinfek*, protheseninfek*, luxation*, luxiert*, ausfalle,
        lahmung*, gelahmt*, taubheit*, taub, bewusstlos*, reanim*, intensivstation verlegt, auf intensiv, verletzt*,
        verletzung*, gesturzt, verbrannt, verbrennung*, stromschlag*, nadelstich*, komplikation*, hamatom*, wieder
        aufgemacht, uberdos*, unterdos*, schlaganfall*, decede*, deces, est mort*, retourn* au bloc, retour au bloc,
        remonte en rea, en rea, reprise, re opere*, hematome*, hemorrag*, saignement*, deficit moteur, pied tombant,
        blesse, blessee, blesses, blessure*, brulure*, s est brule*, piqure*, inconscient*, surdos*, sousdos*, sous
        dos*, deuxieme operation, breche*, repris le, reprise le, repris en, repris au bloc, fallec*, murio, murieron,
        reoper*, re oper*, reinterven*, luxacion*, paralisis, pie caido, herido, herida, heridos, lesionad*, lesion,
        lesiones, quemadur*, quemo, pinchazo*, sobredosis, infradosis, volver a operar, volvio a quirofano, vuelta a
        quirofano, segunda operacion, segunda cirugia, trombosis, falec*, morreu, morreram, luxacao, paralisia, pe
        pendente, feriu*, ferid*, lesao, lesoes, queimadur*, queimou, picada de agulha, sobredosagem, complicac*,
        operad* de novo, operad* outra vez, voltou ao bloco, nova cirurgia, segunda cirurgia, subdosagem, reopen* ~
        him, reopen* ~ her, reopen* the patient, reopened, cant walk, unable to walk, cant stand, got infected, became
        infected, infected after, infected patient*, wound infection*, deep infection, surgical site infection, blood
        loss, perforat*, massive bleed*, was cut, got cut, cut his, cut her, went into shock, in shock, intubat*,
        emergency surgery, emergency operation, lost the leg, lost his leg, lost her leg, blind, blinded, deaf,
        electrocut*, ambulance, to the er, to a&e, in the emergency, coded, crashed on, wheelchair, kann nicht ~
        laufen, kann nicht ~ gehen, geblutet, rettungswagen, notoperation, not op, infiziert, verbluten,
        kreislaufstillstand, herzstillstand, beatmet, amputiert, in die notaufnahme, ne marche plus, ne peut plus
        marcher, infecte, infectee, infectes, arret cardiaque, urgences, choc, no puede andar, no puede caminar,
        parada cardiaca, urgencias, shock, consegue andar, infetad*, infectad*, paragem cardiaca, urgencia, went
        loose, came loose, worked loose, loss of sensation, no sensation, no feeling in""",
    # may be harm: counts with a person or an operation beside it
    "maybe": """
        bled, bleed, bleeding, bleeds, haemorrhag*, hemorrhag*, pain, painful, sore, burned, burnt, burn, burns, hurt,
        hurts, fell, fall, fallen, fracture, fractured, worse, swelling, swollen, fever, weakness, numb, limping,
        unstable, suffer*, died, dying, lost, harm, harmed, shock, rash, bruis*, cut herself, cut himself,
        unconscious, blut*, infektion*, infiziert*, schmerz*, beschwerden, sturz, fieber, schwache, schwellung*, tot,
        notfall*, geschadigt*, douleur*, souffr*, chute, tombe, tombee, fievre, saigne*, gonfle*, mort, morte, dolor*,
        sangr*, caida, cayo, fiebre, debilidad, fractura*, muerte, murio, infec*, dor, dores, queda, caiu, febre,
        fraqueza, fratura*""",
    "patient": """
        patient, patients, pt, pts, pat, neonate*, baby, babies, wife, husband, mother, mum, father, dad, man, woman,
        lady, guy, gentleman, child, kid, kids, girl, boy, nurse, nurses, surgery, op, operation, wound, postop*, post
        op, leg, arm, arms, legs, finger*, hand, skin, spine, back pain, vein, implants, she, he, patientin,
        patienten, frau, mann, kind, bein, wunde, schwester, pfleger, haut, er hat, sie hat, operiert, nach der op,
        seit der op, patiente, dame, monsieur, femme, homme, enfant, bebe, infirmier*, jambe, plaie, doigt*, main,
        opere, operee, bloc, paciente*, senora, senor, mujer, hombre, nino, nina, enfermer*, pierna, herida, dedo,
        mano, operacion, operado, operada, cirugia, utente*, senhora, senhor, mulher, homem, crianca, perna, mao,
        cirurgia, operaca*, ferida, he has, him""",
    # left inside
    "inside": """
        leave it in, left it in, leave ~ in the p*, left ~ in the p*, left inside, stayed inside, broke off in, broken
        off in, snapped off in, on the xray, on the x ray, on xray, on the film, retained, fragment*, shard*, metal
        debris, drin geblieben, dringeblieben, im patienten, im korper, steckt noch, steckengeblieben, reste dans,
        restee dans, dedans, se quedo dentro, dentro del, quedo dentro, ficou la dentro, ficou dentro, already made
        the incision, made the incision, already incised, already drilled, already cut, at the wrong level""",
    "vitals": """
        bp, blood pressure, map, sats, saturation, heart rate, pulse, blutdruck, puls, sattigung, tension, pouls,
        glucose, glycemie, tension arterial, pressao, oxygen""",
    "drop": """
        dropped, drop, fell, crashed, plummet*, tanked, low, gefallen, abgefallen, eingebrochen, chute, chutee,
        effondre*, bajo, cayo, caiu, baixou, spiked, shot up""",
    "drug": """
        heparin*, insulin*, morphin*, noradrenalin*, norepinephrin*, adrenalin*, propofol, fentanyl, oxytocin,
        potassium, kalium, chemo*, vancomycin, dopamin*, dobutamin*, antibiotic*, antibiotik*, sedation, mcg, dose,
        doses, dosis, dosage, bolus, rate, flow rate, bag""",
    "too_much": """
        10x, 2x, 5x, 100x, ten times, twice, double, doubled, too fast, too much, too little, wrong, empty, ran dry,
        full, overrun, zehnfach*, doppelt*, zu schnell, zu viel, dix fois, trop vite, trop, diez veces, dez vezes,
        demasiad*""",
    # where it is about work, papers and trade, words of sickness are figures of speech
    "office": """
        deck*, slide*, link*, page, pager, pagers, video*, portal*, calculator*, spreadsheet*, sheet*, email*, mail,
        mails, sequence, powerpoint, ppt, pdf*, laptop*, phone*, login*, password*, webinar*, form, forms, file*,
        document*, brochure*, flyer*, leaflet*, poster*, layout, logo*, font*, animation*, presentation*, story,
        headline*, claim, claims, copy, price*, pricing, quote, quotes, invoice*, contract*, tender*, offer*, deal,
        deals, account*, budget*, procurement, legal, mlr, review, reviewer*, meeting*, call, booth, congress,
        flight*, train, taxi, traffic, parking, hotel, coffee, lunch, courier, delivery, team, brand, marketing,
        colleague*, rep, reps, buyer*, purchasing, cfo, campaign*, ad, ads, advert*, battlecard*, card, crm, calendar,
        message, messaging, joke, network, wifi, projector*, plastic, model, banner, discount*, approval, matrix,
        training, process, website, browser, version, demo deck, intro, chapter, voice, argument*, conversation,
        competition, quarter, market, forecast, stand, folie*, seite, datei, angebot*, preis*, einkauf, vertrag,
        besprechung, termin, meinung, praesentation, prasentation*, unterlage*, broschure*, ausschreibung*, laufwerk,
        verlinkung, termine, wecker, konto, rabatt*, diapo*, prix, offre*, appel d offres, contrat, reunion*, achats,
        fiche*, lien*, fichier*, telephone, anuncio*, contrato, precio*, oferta*, licitacion*, enlace*, archivo*,
        presentacion*, ficha*, folleto*, telefono, catalogo, compras, reuniao, preco*, proposta*, concurso*,
        apresentacao, ligacao, stopped selling, stopped making, stopped offering, stopped using our""",
    # what is published or counted is no case
    "studied": """
        literature, paper, papers, study, registry, registries, rates, trial arm, published, pooled, meta analysis,
        series, cohort, statistic*, in general, how we handle, prevalence, incidence, risk of, mean age, faq,
        literatur, studie*, register*, quote, raten, litterature, etude*, registre*, taux, literatura, estudio*,
        registro*, tasa*, estudo*, taxa, abstract, evidence, benchmark, cadaver*, bench test, competitor*,
        konkurrenz*, concurrent*, competidor*, competencia, concorrente*, concorrencia, norm""",
    # outside what devices of this kind are usually cleared for
    "unapproved": """
        neonat*, newborn*, nicu, preemie*, preterm, infant*, paediatric*, pediatric*, peds, paeds, child, children,
        kids, toddler*, adolescen*, teenager*, pregnan*, veterinar*, vet, greyhound*, dog, dogs, horse*, off label,
        offlabel, off licen*, unapproved, not approved, not cleared, not indicated, outside the ifu, outside the
        label, outside of the label, outside the indication*, beyond the label, against the ifu, c spine, cervic*,
        epidural*, intrathecal*, mri room, mr room, mri suite, in the mr, stand alone, standalone, no screws, without
        screws, without posterior, no posterior, no supplemental, without supplemental, three level*, four level*,
        five level*, 3 level*, 4 level*, 5 level*, multilevel, home use, home infusion, use at home, used at home, at
        home, home patients, homecare, for revision*, in revision*, as navigation, live navigation, intraoperative
        navigation, navigat*, diagnos*, diagnostic use, reuse, re use, resteriliz*, resterilis*, compassionate use,
        neugeborene*, fruhchen, fruhgeborene*, sauglinge*, kinder, kinderklinik, jugendliche*, schwanger*, tierarzt*,
        hws, halswirbel*, zervikal*, ohne schrauben, ohne zulassung, nicht zugelassen, ausserhalb der zulassung, 3
        etagen*, drei etagen*, vier etagen*, 4 etagen*, dreietagen*, heimgebrauch, zu hause, im mrt, mrt raum,
        peridural*, als navigation, zulassungsuberschreit*, nouveau ne*, nouveaux ne*, prematur*, enfant, enfants,
        pediatrie, pediatrique*, enceinte*, veterinaire*, hors amm, hors indication*, hors autorisation, sans vis,
        sans fixation, trois niveaux, 3 niveaux, quatre niveaux, 4 niveaux, a domicile, salle irm, dans l irm, en irm,
        recien nacido*, ninos, ninas, pediatria, embarazada*, fuera de indicacion*, fuera de ficha, sin tornillos,
        tres niveles, cuatro niveles, 3 niveles, 4 niveles, en casa, a domicilio, en la resonancia, sala de
        resonancia, recem nascido*, criancas, gravida*, fora da indicac*, fora do rotulo, sem parafusos, tres niveis,
        quatro niveis, 3 niveis, 4 niveis, em casa, ao domicilio, na ressonancia, in the neck, neck surgery, neck
        levels, nacken, cou, cuello, pescoco, uso em casa, uso en casa, padiatr*, minors, minderjahrige*, mineurs,
        menores, sous dosage, weaning, year olds, under 18, under 16, under age, mri, in mr""",
    # somebody wants it, does it, shows it or says it
    "wish": """
        use, uses, used, using, try, tried, trying, say, saying, tell, tells, show, shows, showing, pitch*, promote*,
        market it, sell, send, forward, want, wants, wanted, need, needs, ask, asks, asked, asking, do, does, done,
        doing, did, can we, can i, could we, may we, brochure, newsletter, film, slide*, video*, deck, works, worked,
        put, run, runs, love, loves, anything, recommend*, work for, fine in, perfect for, ok for, okay for, ideal
        for, allowed, zeigen, zeigt, sagen, nehmen, nimmt, benutz*, nutz*, verwend*, einsetz*, setzt, will, wollen,
        brauche*, darf, durfen, kann, utilis*, veut, veulent, montrer, dire, vendre, proposer, peut on, on peut,
        essaye*, met, pose, usar, usa, usan, quiere*, mostrar, ensenar, decir, vender, ofrecer, podemos, pueden,
        puede, utiliza*, usam, quer, querem, dizer, podem, pode, coloca, pone, ponen, promoting, advertis*, market,
        offer, sells, mention, propose, suggest*, bewerben, anbieten, vermarkten""",
    "declined": """
        not in our indications, told him no, told her no, told them no, said no, say no, declined, decline, adults
        only, i declined, moved on, for decoration, isnt indicated so, we dont, not a word, had to say no, turned it
        down, abgelehnt, nein gesagt, refuse, j ai dit non, dit non, dije que no, rechace, recusei, disse que nao,
        cleared for, what levels, which levels, exact indications, as in the ifu, per the ifu, waiting area""",
    "place": """
        theatre, theater, or, ward, wards, icu, surgery, intraop*, mid case, mid infusion, bedside, on the table,
        hospital, op, station, stationsleitung, bloc, quirofano, uci, planta, bloco, enfermaria, surgeon*, nurse*,
        staff, infirmiere, enfermeira, enfermera, oberarzt, chirurg*, patient*""",
    "image": """
        screenshot*, screen shot*, photo*, picture*, image*, ct, mri scan, scan, scans, xray*, x ray*, dicom,
        whiteboard, film, films, foto*, bild, bilder, rontgen*, aufnahme*, radio, cliche*, capture*, captura*,
        radiografia*, tac""",
    "named": """
        name, names, surname*, initials, nom, noms, namen, nachname*, nombre, nombres, apellido*, nome, nomes,
        apelido*, unblinded, not anonymi*, date of birth, birth date, identif*, geburtsdatum""",
    "consent": """
        consent, testimonial*, patient*, her email, his email, their email, einwilligung, consentement,
        consentimiento, consentimento""",
}
