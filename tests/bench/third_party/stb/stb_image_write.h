#include <stb/stb_image_write.h>
