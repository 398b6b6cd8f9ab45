#include "output.h"

#include "program.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* A rename would put a file in place of a device, too. */
static bool is_replaceable(const char *path)
{
    struct stat s;

    if (stat(path, &s) || S_ISREG(s.st_mode))
        return true;
    return refuse("%s: %s", path,
                  S_ISDIR(s.st_mode) ? strerror(EISDIR) : "not a plain file");
}

bool output_begin(output *o, const char *path)
{
    int length = snprintf(o->part, sizeof o->part, "%s.part", path);

    o->path = path;
    if (length >= (int)sizeof o->part)
        return refuse("%s: the name is too long", path);
    if (!is_replaceable(path))
        return false;
    o->file = fopen(o->part, "wb");
    return o->file || refuse("%s: %s", path, strerror(errno));
}

bool output_end(output *o, bool whole)
{
    bool closed = fclose(o->file) == 0;

    if (whole && closed && rename(o->part, o->path) == 0)
        return true;
    if (whole)
        refuse("%s: %s", o->path, strerror(errno));
    remove(o->part);
    return false;
}

bool output_possible(const char *path)
{
    output o;

    if (!path)
        return true;
    if (!output_begin(&o, path))
        return false;
    output_end(&o, false);
    return true;
}
