#include "CGnuplot.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <exception>
#include <fcntl.h>
#include <memory>
#include <spawn.h>
#include <string>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <gnuplot-iostream.h>

extern char **environ;

namespace {

/// Holds back SIGPIPE in this thread while it writes, and swallows what a dead gnuplot caused; the rest of the program
/// keeps its own handling.
class PipeSignalHeld {
public:
  PipeSignalHeld() {
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe, &before);
  }

  ~PipeSignalHeld() {
    const timespec at_once = {0, 0};
    if (!was_pending) {
      while (sigtimedwait(&pipe, nullptr, &at_once) == -1 && errno == EINTR) {}
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  PipeSignalHeld(const PipeSignalHeld &) = delete;
  PipeSignalHeld &operator=(const PipeSignalHeld &) = delete;

private:
  sigset_t pipe, before;
  bool was_pending;
};

/// A file descriptor that is closed at the end.
struct Descriptor {
  int number = -1;
  ~Descriptor() { if (number >= 0) close(number); }
};

/// Starts gnuplot reading `input` and printing to `errors`; returns an errno.
///
/// Not popen: that goes through a shell, which hides a missing gnuplot and cannot hand over `errors`.
int start(int input, int errors, pid_t *process) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t nothing, all_default;
  sigemptyset(&nothing);
  sigemptyset(&all_default);
  sigaddset(&all_default, SIGPIPE);
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
  // Where a figure goes whose file could not be opened.
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &nothing);
  posix_spawnattr_setsigdefault(&attributes, &all_default);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  char command[] = "gnuplot", settings[] = "--default-settings";
  char *const arguments[] = {command, settings, nullptr};
  const int error = posix_spawnp(process, command, &actions, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

void copy(const std::string &text, char *message, size_t capacity) {
  if (capacity == 0) return;
  const size_t length = text.copy(message, capacity - 1);
  message[length] = '\0';
}

}  // namespace

struct gnuplot_session {
  std::unique_ptr<Gnuplot> gnuplot;
  /// What gnuplot prints as errors and warnings; in memory, so that a full or read-only disk cannot hide an error.
  Descriptor printed;
  pid_t process = -1;
  std::string failure;

  /// Runs `body`; what it throws is kept as the session's failure.
  template <typename Body> void guarded(Body body) noexcept {
    PipeSignalHeld held;
    try {
      body();
    } catch (const std::exception &error) {
      try { failure = error.what(); } catch (...) {}
    } catch (...) {
      try { failure = "an unknown C++ exception"; } catch (...) {}
    }
  }

  int wait() {
    int status = 0;
    while (waitpid(process, &status, 0) == -1) {
      if (errno != EINTR) return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  std::string output() {
    std::string text;
    char buffer[1024];
    lseek(printed.number, 0, SEEK_SET);
    for (ssize_t count; (count = read(printed.number, buffer, sizeof buffer)) > 0;) text.append(buffer, count);
    return text;
  }
};

extern "C" gnuplot_session *gnuplot_open(int *system_error) {
  *system_error = ENOMEM;
  try {
    auto session = std::make_unique<gnuplot_session>();
    Descriptor reading, writing;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) { *system_error = errno; return nullptr; }
    reading.number = ends[0];
    writing.number = ends[1];
    session->printed.number = memfd_create("gnuplot", MFD_CLOEXEC);
    if (session->printed.number < 0) { *system_error = errno; return nullptr; }
    *system_error = start(reading.number, session->printed.number, &session->process);
    if (*system_error != 0) return nullptr;
    // Given a file, gnuplot-iostream neither chooses a command (GNUPLOT_IOSTREAM_CMD) nor swallows the exit status.
    FILE *file = fdopen(writing.number, "w");
    if (file != nullptr) {
      writing.number = -1;
      try { session->gnuplot = std::make_unique<Gnuplot>(file); } catch (...) { fclose(file); }
    }
    if (session->gnuplot) return session.release();
    *system_error = ENOMEM;
    // Without its input gnuplot ends by itself; it is waited for so that it does not linger.
    if (writing.number >= 0) close(writing.number);
    writing.number = -1;
    session->wait();
  } catch (...) {
  }
  return nullptr;
}

extern "C" void gnuplot_send_line(gnuplot_session *session, const char *line) {
  session->guarded([&] { *session->gnuplot << line << '\n'; });
}

extern "C" void gnuplot_send_data(
  gnuplot_session *session, const char *name, const double *values, size_t columns, size_t rows) {
  session->guarded([&] {
    std::vector<std::vector<double>> block;
    for (size_t column = 0; column < columns; column += 1) {
      block.emplace_back(values + column * rows, values + (column + 1) * rows);
    }
    // gnuplot-iostream ends inline data by a line "e", so that is the word that ends the block.
    *session->gnuplot << '$' << name << " << e\n";
    session->gnuplot->send1d_colmajor(block);
  });
}

extern "C" int gnuplot_close(gnuplot_session *session, char *message, size_t capacity) {
  std::unique_ptr<gnuplot_session> owned(session);
  int status = -1;
  bool sent = false;
  owned->guarded([&] {
    *owned->gnuplot << std::flush;
    sent = owned->gnuplot->good();
  });
  owned->guarded([&] { owned->gnuplot.reset(); });
  owned->guarded([&] {
    status = owned->wait();
    std::string text = owned->failure.empty() ? owned->output() : owned->failure;
    if (status == 0 && (!sent || !owned->failure.empty())) {
      status = -1;
      if (text.empty()) text = "not everything could be sent";
    }
    copy(text, message, capacity);
  });
  return status;
}
