// gnuplot-iostream for Swift: a script of commands and data, and gnuplot run over it.
#pragma once
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gnuplot_script gnuplot_script;

/// An empty script, kept in memory; NULL and `errno` if there is no room for it.
gnuplot_script *gnuplot_script_create(void);
void gnuplot_script_free(gnuplot_script *script);

/// Adds one line; a line feed is appended.
void gnuplot_script_add_line(gnuplot_script *script, const char *line);

/// Adds the data block `$name` of `rows` × `columns` values; `values` holds one column after the other.
///
/// NaN is written as `nan`, which gnuplot takes as missing after `set datafile missing NaN`.
void gnuplot_script_add_data(
  gnuplot_script *script, const char *name, const double *values, size_t columns, size_t rows);

/// Runs `gnuplot --default-settings`, found on PATH, over the script, and waits until it has ended. Its environment is PATH,
/// LD_LIBRARY_PATH, the folder of caches, a locale and a time zone, whatever else the caller's is.
///
/// Returns gnuplot's exit status, 128 + signal if a signal ended it, or -1 and `errno` if it could not be started.
int gnuplot_script_run(gnuplot_script *script);

/// What gnuplot drew, `count` bytes; valid as long as the script.
const char *gnuplot_script_output(const gnuplot_script *script, size_t *count);

/// What gnuplot printed as errors and warnings, ended by a zero; valid as long as the script.
const char *gnuplot_script_errors(const gnuplot_script *script);

#ifdef __cplusplus
}
#endif
