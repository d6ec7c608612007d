// gnuplot-iostream formats the commands and the data. It does not run gnuplot here, although it can: it uses popen, so that
// a shell hides a missing gnuplot, the exit status is lost, errors go to the terminal, and a gnuplot that ends early stops
// the program by SIGPIPE. It writes a file in memory instead, which gnuplot then reads as its standard input.
//
// No exception is caught: only lack of memory is left, and no Swift program survives that.
#include "CGnuplot.h"

#include <cerrno>
#include <cstdlib>
#include <spawn.h>
#include <string>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <gnuplot-iostream.h>

struct gnuplot_script {
  Gnuplot stream;
  const int input;
  std::string output, errors;

  explicit gnuplot_script(FILE *file) : stream(file), input(fileno(file)) {}
};

namespace {

/// gnuplot's whole environment: what it and its libraries read from the user's would change figures or stop them.
///
/// A locale of UTF-8 is needed for texts, a time zone for the date in a PDF. The user's are where programs, their libraries and
/// the cache of fonts lie. HOME is missing, so that fontconfig uses the system's fonts and settings alone.
std::vector<std::string> environment() {
  std::vector<std::string> variables = {"LC_ALL=C.UTF-8", "TZ=UTC0"};
  for (const char *name : {"PATH", "LD_LIBRARY_PATH", "XDG_CACHE_HOME"}) {
    const char *const value = getenv(name);
    if (value != nullptr) variables.push_back(std::string(name) + "=" + value);
  }
  const char *const home = getenv("HOME");
  if (home != nullptr && getenv("XDG_CACHE_HOME") == nullptr) {
    variables.push_back(std::string("XDG_CACHE_HOME=") + home + "/.cache");
  }
  return variables;
}

/// Starts gnuplot; returns an errno.
///
/// Where a standard stream of this process is closed, the files may have its number. They were opened in the order of the
/// actions, so that none is replaced before it has been copied.
int start(int input, int output, int errors, pid_t *process) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
  char command[] = "gnuplot", settings[] = "--default-settings";
  char *const arguments[] = {command, settings, nullptr};
  std::vector<std::string> variables = environment();
  std::vector<char *> pointers;
  for (std::string &variable : variables) pointers.push_back(variable.data());
  pointers.push_back(nullptr);
  const int error = posix_spawnp(process, command, &actions, nullptr, arguments, pointers.data());
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

/// All that was written to a file in memory, which is closed.
std::string contents(int file) {
  std::string bytes;
  char buffer[65536];
  for (ssize_t count; (count = pread(file, buffer, sizeof buffer, off_t(bytes.size()))) > 0;) {
    bytes.append(buffer, size_t(count));
  }
  close(file);
  return bytes;
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

extern "C" int gnuplot_script_run(gnuplot_script *script) {
  script->stream << std::flush;
  if (!script->stream.good()) {
    errno = ENOMEM;
    return -1;
  }
  // In memory, so that neither a full disk nor a folder without permissions matters.
  const int output = memfd_create("gnuplot output", MFD_CLOEXEC);
  const int errors = memfd_create("gnuplot errors", MFD_CLOEXEC);
  lseek(script->input, 0, SEEK_SET);
  pid_t process;
  int status = 0;
  int error = output < 0 || errors < 0 ? errno : start(script->input, output, errors, &process);
  while (error == 0 && waitpid(process, &status, 0) == -1) {
    if (errno != EINTR) error = errno;
  }
  script->output = contents(output);
  script->errors = contents(errors);
  errno = error;
  return error != 0 ? -1 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

extern "C" const char *gnuplot_script_output(const gnuplot_script *script, size_t *count) {
  *count = script->output.size();
  return script->output.data();
}

extern "C" const char *gnuplot_script_errors(const gnuplot_script *script) { return script->errors.c_str(); }
