/* A tensor in a few words, where its values would take too much room. */
#ifndef TG_INSPECT_SUMMARY_H
#define TG_INSPECT_SUMMARY_H

#include "pen.h"

/* "from -1.0 to 2.5, mean 0.1, norm 3.0"; the values themselves if they are a
 * row of few, "empty" if there are none. One line in any case. */
void tg_pen_summary(tg_pen *pen, const tg_tensor *t);
/* Whether that would be the values. */
bool tg_summary_is_whole(const tg_tensor *t);

#endif
