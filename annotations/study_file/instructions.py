"""What listeners read before the first trial where a study gives no instructions of its own (Markdown)."""

ENGLISH = """\
You will hear short sounds that people make while they listen to someone, such as *mhm*, *yeah* or *right*.

* Sit somewhere quiet, and use headphones if you have them.
* Play every sound on a page to its end before you answer. You may play it again as often as you like.
* Go by what you hear: but for practice, there are no right or wrong answers.
* Each answer is saved when you go on. If something interrupts you, open the same link again to continue.

You can use the mouse or the keyboard: the number keys play the sounds, the letters shown beside the answers choose,
and Enter goes on.
"""

SWEDISH = """\
Du kommer att höra korta ljud som människor gör när de lyssnar på någon, till exempel *mm*, *ja* eller *precis*.

* Sitt någonstans där det är tyst och använd hörlurar om du har.
* Spela varje ljud på sidan till slutet innan du svarar. Du får spela det igen så många gånger du vill.
* Gå efter vad du hör: utom i övningen finns det inga rätta eller felaktiga svar.
* Varje svar sparas när du går vidare. Om du blir avbruten öppnar du samma länk igen för att fortsätta.

Du kan använda musen eller tangentbordet: siffrorna spelar ljuden, bokstäverna vid svaren väljer och Enter går vidare.
"""

INSTRUCTIONS = {"en": ENGLISH, "sv": SWEDISH}
