/* What every public header needs: the mark of an exported symbol, and C
 * linkage when the reader is a C++ compiler. */
#ifndef TINYGRAD_EXPORT_H
#define TINYGRAD_EXPORT_H

#if defined(__GNUC__)
#define TG_API __attribute__((visibility("default")))
#define TG_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define TG_API
#define TG_PRINTF(text, first)
#endif

#ifdef __cplusplus
#define TG_BEGIN_DECLS extern "C" {
#define TG_END_DECLS }
#else
#define TG_BEGIN_DECLS
#define TG_END_DECLS
#endif

#endif
