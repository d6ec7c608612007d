// A C door to gnuplot-iostream, so that Swift can send commands and data to a gnuplot process.
//
// No C++ exception leaves these functions. A write that fails is remembered; the reason comes back
// from gnuplot_close, which is where gnuplot's own message is known.
#pragma once
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gnuplot_session gnuplot_session;

/// Starts `gnuplot --default-settings`, found on PATH; a user's own settings do not reach it.
///
/// Returns NULL if it cannot be started; then `*system_error` is the errno.
gnuplot_session *gnuplot_open(int *system_error);

/// Sends one line; a line feed is added.
void gnuplot_send_line(gnuplot_session *session, const char *line);

/// Sends a data block, `$name`, of `columns` × `rows` numbers; `values` holds one column after the other.
///
/// NaN is sent as `nan`, which gnuplot takes as missing after `set datafile missing NaN`.
void gnuplot_send_data(
  gnuplot_session *session, const char *name, const double *values, size_t columns, size_t rows);

/// Ends the session and waits for gnuplot.
///
/// Returns 0 if everything was sent and gnuplot ended well, its exit status or 128 + signal if it did not, or -1 if
/// the session itself failed. What gnuplot printed as errors and warnings, or the failure, is put into `message` (cut to
/// `capacity`, ended by a zero); gnuplot may print warnings and end well.
int gnuplot_close(gnuplot_session *session, char *message, size_t capacity);

#ifdef __cplusplus
}
#endif
