#define _POSIX_C_SOURCE 200809L
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_SIDE = 31 };

static const char usage[] =
    "Usage: learn_filter IN.png OUT.png --kernel ROWSxCOLUMNS [OPTION]...\n"
    "Finds the linear filter that made OUT.png out of IN.png.\n"
    "\n"
    "  --kernel RxC          rows and columns of the kernel, both odd, up to\n"
    "                        31x31; a larger one than needed has zeros around\n"
    "  --no-offset           do not learn a constant that is added (a bias, "
    "or\n"
    "                        rounding down), for pictures with little "
    "contrast\n"
    "  --kernel-image K.png  where to draw the kernel: gray is 0, white the\n"
    "                        largest magnitude, black its negative\n"
    "                        (default: OUT-kernel.png)\n"
    "  --image R.png         where to write what the kernel makes of IN.png,\n"
    "                        black where it does not reach\n"
    "                        (default: OUT-reproduced.png)\n"
    "  --help                print this and exit\n"
    "\n"
    "The defaults are put into the current directory. Files that exist are\n"
    "replaced, at the end and as a whole, but never IN.png or OUT.png.\n"
    "\n"
    "Both pictures have the same size. Colour is converted to gray. Pixels\n"
    "that the centred kernel cannot reach, and those that OUT.png clipped to\n"
    "0 or full scale, are not compared. The kernel is printed for\n"
    "cross-correlation: OUT[i,j] = sum K[a,b] IN[i+a-R/2, j+b-C/2]\n"
    "+ offset.\n"
    "\n"
    "Exit status: 0 if a kernel was found (warnings, on stderr, say when to\n"
    "distrust it), 2 if not; then nothing is written.\n";

static bool read_kernel(filter_options *o, const char *text)
{
    unsigned rows, columns;
    char more;

    if (!strpbrk(text, "+- ") &&
        sscanf(text, "%4ux%4u%c", &rows, &columns, &more) == 2) {
        if (rows % 2 == 0 || columns % 2 == 0)
            return refuse("--kernel %s: a centred kernel has odd sides", text);
        if (rows > MAX_SIDE || columns > MAX_SIDE)
            return refuse("--kernel %s: too large, at most %dx%d", text,
                          MAX_SIDE, MAX_SIDE);
        o->rows = (int)rows;
        o->columns = (int)columns;
        return true;
    }
    return refuse("--kernel %s: not of the form 5x5", text);
}

/* Unless a path was given: "some/edges.png" becomes "edges-kernel.png", for
 * instance. */
static bool name_output(const filter_options *o, const char **path,
                        const char *suffix, char name[DEFAULT_NAME_SIZE])
{
    const char *slash = strrchr(o->out, '/');
    const char *base = slash ? slash + 1 : o->out;
    size_t length = strlen(base);

    if (*path)
        return true;
    if (length > 4 && !strcmp(base + length - 4, ".png"))
        length -= 4;
    *path = name;
    if (snprintf(name, DEFAULT_NAME_SIZE, "%.*s%s", (int)length, base, suffix) <
        DEFAULT_NAME_SIZE)
        return true;
    return refuse("%s: the name is too long", o->out);
}

static bool name_outputs(filter_options *o)
{
    return name_output(o, &o->kernel_image, "-kernel.png",
                       o->default_name[0]) &&
           name_output(o, &o->image, "-reproduced.png", o->default_name[1]);
}

static bool same_file(const char *a, const char *b)
{
    struct stat s, t;

    if (!strcmp(a, b))
        return true;
    return !stat(a, &s) && !stat(b, &t) && s.st_dev == t.st_dev &&
           s.st_ino == t.st_ino;
}

/* Nothing that is read or written may be replaced by something else. */
static bool check_outputs(const filter_options *o)
{
    const char *paths[] = {o->in, o->out, o->kernel_image, o->image};

    for (int i = 2; i < 4; ++i)
        for (int j = 0; j < i; ++j)
            if (same_file(paths[i], paths[j]))
                return refuse("%s: would be written over", paths[i]);
    return true;
}

static bool read_option(filter_options *o, int option, const char *value)
{
    switch (option) {
    case 'k':
        return read_kernel(o, value);
    case 'K':
        o->kernel_image = value;
        return true;
    case 'i':
        o->image = value;
        return true;
    case 'o':
        o->offset = false;
        return true;
    default:
        return false;
    }
}

program_request filter_options_read(filter_options *o, int argc, char **argv)
{
    static const struct option names[] = {
        {"kernel", required_argument, NULL, 'k'},
        {"kernel-image", required_argument, NULL, 'K'},
        {"image", required_argument, NULL, 'i'},
        {"no-offset", no_argument, NULL, 'o'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0}};

    program_set_name("learn_filter");
    *o = (filter_options){.offset = true};
    for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        if (c == 'h') {
            fputs(usage, stdout);
            return REQUEST_HELP;
        }
        if (!read_option(o, c, optarg))
            return REQUEST_WRONG;
    }
    if (argc - optind != 2 || !o->rows) {
        refuse("IN.png, OUT.png and --kernel are needed; see --help");
        return REQUEST_WRONG;
    }
    o->in = argv[optind];
    o->out = argv[optind + 1];
    return name_outputs(o) && check_outputs(o) ? REQUEST_RUN : REQUEST_WRONG;
}
