/* A record of refusals: which call, which status, which words. */
#ifndef REFUSALS_H
#define REFUSALS_H

#include "support.h"

/* What the refused calls are made of; every tensor is named after its field. */
typedef struct scene {
    tg_graph *g, *other;
    tg_tensor *x, *w;         /* (2, 3), require gradients */
    tg_tensor *tall, *vector; /* (3, 2); (3,) */
    tg_tensor *scalar, *empty, *cube;
    tg_tensor *image, *filter;       /* (1, 2, 4, 5); (3, 2, 2, 2) */
    tg_tensor *wide, *index, *fixed; /* (2, 3): f64; i64; no gradient */
    tg_tensor *foreign;              /* a result of other */
} scene;

scene new_scene(void);
void free_scene(scene *s);

/* Write down a call that returns NULL, or a status. */
#define REFUSE(call) note_null(s, #call, call)
#define REFUSE_STATUS(call) note_status(s, #call, call)
void note_null(scene *s, const char *call, const void *made);
void note_status(scene *s, const char *call, tg_status status);
void note_heading(const char *heading);

/* Each part of the interface writes its own. */
void refuse_tensors(scene *s);
void refuse_graphs(scene *s);
void refuse_ops(scene *s);
void refuse_ops_along_axes(scene *s);
void refuse_ops_of_networks(scene *s);
void refuse_ops_on_images(scene *s);

#endif
