/* A curve in characters. */
#ifndef ODE_PINN_PLOT_H
#define ODE_PINN_PLOT_H

/* y at n >= 2 equidistant places of [0, 2 pi], in this many rows, 3 or more,
 * scaled to the range of y. */
void plot_print(const char *title, int n, const double *y, int rows);

#endif
