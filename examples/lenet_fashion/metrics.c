#define _POSIX_C_SOURCE 200809L
#include "metrics.h"

#include "program/program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const columns[] = {
    "step", "epoch", "lr", "loss", "accuracy", "test_loss", "test_accuracy"};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* Where the first row of a later step begins, or one that is not whole. */
static long kept_bytes(FILE *file, int64_t step)
{
    char line[512];
    long kept = 0;

    while (fgets(line, sizeof line, file) && strchr(line, '\n')) {
        if (kept > 0 && strtod(line, NULL) > (double)step)
            return kept;
        kept = ftell(file);
    }
    return kept;
}

static bool cut(const char *path, int64_t step)
{
    FILE *file = fopen(path, "r+b");

    if (!file)
        return refuse("%s: %s", path, strerror(errno));
    long kept = kept_bytes(file, step);
    bool ok = !ferror(file) && ftruncate(fileno(file), kept) == 0;
    if (!ok)
        refuse("%s: %s", path, strerror(errno));
    return fclose(file) == 0 && ok;
}

/* Opened first, since that makes sure of the header; what is appended goes to
 * the end that the cut leaves. */
tg_metrics *epoch_metrics_open(const char *path, int64_t step)
{
    tg_metrics *m = tg_metrics_open(path, COLUMNS, columns, step > 0);

    if (!m)
        refuse_tensors();
    if (m && step > 0 && !cut(path, step)) {
        tg_metrics_close(m);
        return NULL;
    }
    return m;
}

bool epoch_metrics_write(tg_metrics *m, const epoch_row *row)
{
    const double values[COLUMNS] = {
        row->step,     row->epoch,     row->lr,           row->loss,
        row->accuracy, row->test_loss, row->test_accuracy};

    return tg_metrics_write(m, values) == TG_OK || refuse_tensors();
}
