"""The demo corpus: synthetic backchannels and contexts with a planted truth, never to be called real.

espeak-ng speaks the words (`words`) once, on one pitch (`espeak`, in a process of its own); a source-filter vocoder
(`vocoder`) gives each the melody, rate, loudness and effort of a prosody (`prosody`) in a voice (`voices`). The
dialogues, and the rule that says which prosody suits which, are in `dialogues` and `texts/`. `clips` makes all sounds,
`percepts` the perceptual coordinates that simulated listeners hear, `build` the folder.
"""
