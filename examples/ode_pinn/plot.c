#include "plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { COLUMNS = 65 };

typedef struct scale {
    double low, high;
    int rows;
} scale;

static scale scale_of(int n, const double *y, int rows)
{
    scale s = {y[0], y[0], rows};

    for (int i = 1; i < n; ++i) {
        s.low = fmin(s.low, y[i]);
        s.high = fmax(s.high, y[i]);
    }
    return s;
}

/* The row of a value, 0 at the top; -1 if there is none. */
static int row_of(const scale *s, double y)
{
    if (!(s->high > s->low) || !isfinite(y))
        return -1;
    return (int)lround((s->high - y) / (s->high - s->low) * (s->rows - 1));
}

static void print_label(const scale *s, int row)
{
    if (row == 0)
        printf("%9.2g |", s->high);
    else if (row == s->rows - 1)
        printf("%9.2g |", s->low);
    else
        printf("%9s |", row == row_of(s, 0) ? "0" : "");
}

static void print_row(const scale *s, int row, int n, const double *y)
{
    char line[COLUMNS + 1];

    memset(line, row == row_of(s, 0) ? '-' : ' ', COLUMNS);
    line[COLUMNS] = '\0';
    for (int j = 0; j < COLUMNS; ++j)
        if (row_of(s, y[(long)j * (n - 1) / (COLUMNS - 1)]) == row)
            line[j] = '*';
    print_label(s, row);
    puts(line);
}

void plot_print(const char *title, int n, const double *y, int rows)
{
    scale s = scale_of(n, y, rows);

    printf("%s\n", title);
    for (int i = 0; i < rows; ++i)
        print_row(&s, i, n, y);
    printf("%9s  0%*s\n", "", COLUMNS - 1, "2 pi");
}
