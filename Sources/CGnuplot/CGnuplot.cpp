// gnuplot-iostream formats the commands and the data. It does not run gnuplot here, although it can: it uses popen, so that
// a shell hides a missing gnuplot, the exit status is lost, errors go to the terminal, and a gnuplot that ends early stops
// the program by SIGPIPE. It writes a file in memory instead, which gnuplot then reads as its standard input.
//
// No exception is caught: only lack of memory is left, and no Swift program survives that.
#include "CGnuplot.h"

#include <cerrno>
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <gnuplot-iostream.h>

extern char **environ;

struct gnuplot_script {
  Gnuplot stream;
  const int input;

  explicit gnuplot_script(FILE *file) : stream(file), input(fileno(file)) {}
};

namespace {

/// Starts gnuplot; returns an errno.
int start(int input, int errors, pid_t *process) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
  // gnuplot draws to its standard output if it cannot open the figure's file.
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  char command[] = "gnuplot", settings[] = "--default-settings";
  char *const arguments[] = {command, settings, nullptr};
  const int error = posix_spawnp(process, command, &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

}  // namespace

extern "C" gnuplot_script *gnuplot_script_create() {
  const int descriptor = memfd_create("gnuplot script", MFD_CLOEXEC);
  if (descriptor < 0) return nullptr;
  FILE *file = fdopen(descriptor, "w+");
  if (file != nullptr) return new gnuplot_script(file);
  close(descriptor);
  return nullptr;
}

extern "C" void gnuplot_script_free(gnuplot_script *script) { delete script; }

extern "C" void gnuplot_script_add_line(gnuplot_script *script, const char *line) {
  script->stream << line << '\n';
}

extern "C" void gnuplot_script_add_data(
  gnuplot_script *script, const char *name, const double *values, size_t columns, size_t rows) {
  std::vector<std::vector<double>> block;
  for (size_t column = 0; column < columns; column += 1) {
    block.emplace_back(values + column * rows, values + (column + 1) * rows);
  }
  // gnuplot-iostream ends data by a line "e".
  script->stream << '$' << name << " << e\n";
  script->stream.send1d_colmajor(block);
}

extern "C" int gnuplot_script_run(gnuplot_script *script, char *message, size_t capacity) {
  message[0] = '\0';
  script->stream << std::flush;
  if (!script->stream.good()) {
    errno = ENOMEM;
    return -1;
  }
  // In memory, so that a full disk cannot hide an error.
  const int errors = memfd_create("gnuplot errors", MFD_CLOEXEC);
  if (errors < 0) return -1;
  lseek(script->input, 0, SEEK_SET);
  pid_t process;
  int status = 0;
  int error = start(script->input, errors, &process);
  while (error == 0 && waitpid(process, &status, 0) == -1) {
    if (errno != EINTR) error = errno;
  }
  const ssize_t length = pread(errors, message, capacity - 1, 0);
  message[length > 0 ? length : 0] = '\0';
  close(errors);
  errno = error;
  return error != 0 ? -1 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
