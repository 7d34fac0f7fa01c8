"""Points in time as texts in ISO 8601, and as pandas holds them.

What packages/server/src/gateway/model/datetime-text.ts takes. A time with a place in the world becomes UTC, one without
is taken as it is: a signature does not say where, and MLflow's columns are without.
"""

import re

FORM = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)(?:Z|([+-])(\d\d):?([0-5]\d))?)?", re.ASCII
)
EXPECTED = 'a date and time in ISO 8601, such as "2026-03-01T12:00:00Z"'


def to_datetimes(texts):
    """An array of datetime64[ns]; an empty text is no time (NaT). Raises ValueError for what is none."""
    import numpy

    array = numpy.empty(len(texts), dtype="datetime64[ns]")
    for at, text in enumerate(texts):
        array[at] = numpy.datetime64("NaT") if text == "" else to_datetime(numpy, text)
    return array


def to_datetime(numpy, text):
    match = FORM.fullmatch(text)
    if match is None or not 1678 <= int(text[:4]) <= 2261:
        raise ValueError('expected %s, found "%s"' % (EXPECTED, text[:40]))
    date, time, sign, hours, minutes = match.groups()
    try:
        found = numpy.datetime64("%sT%s" % (date, (time or "00:00").replace(",", ".")), "ns")
    except ValueError:
        raise ValueError('expected %s, found "%s", which is in no calendar' % (EXPECTED, text[:40])) from None
    if sign is None:
        return found
    offset = numpy.timedelta64(int(hours) * 60 + int(minutes), "m")
    return found - offset if sign == "+" else found + offset
