"""Many sentences: what holds of a whole set, by model, method and group, down to each sentence."""

from attribution.language import _
from attribution.ui import exercise, message
from attribution.ui.many import form, reading, results, run

asked, button = form.inputs()
if asked is None:
    message.note(_("Choose a set above, or a file of your own."))
else:
    with message.or_sentence():
        found = results.shown(asked)
    run.controls(asked, button, found.done if found else 0)
    if found:
        with message.in_place():
            results.answers(found, asked)
        reading.how_to_read(found)
exercise.show("many", form.READY)
