#include "data_set.h"

#include "program.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The path of the file that there is. */
static bool find(char *path, size_t room, const char *folder, const char *name)
{
    static const char *const ends[] = {".gz", ""};

    for (int i = 0; i < 2; i++) {
        int length = snprintf(path, room, "%s/%s%s", folder, name, ends[i]);
        if (length < 0 || (size_t)length >= room)
            return refuse("--data %.40s...: the path is too long", folder);
        if (opens(path))
            return true;
    }
    return refuse("%s[.gz]: %s; --data names the folder, Debian's package "
                  "dataset-fashion-mnist fills "
                  "/usr/share/datasets/fashion-mnist",
                  path, strerror(errno));
}

tg_tensor *data_set_load(const char *folder, const char *name, tg_dtype dtype)
{
    char path[4096];

    if (!find(path, sizeof path, folder, name))
        return NULL;
    tg_tensor *t = tg_load_idx(path, dtype);
    if (t == NULL)
        refuse_tensors();
    return t;
}
