#include "CGnuplot.h"
#include <gnuplot-iostream.h>
int gnuplot_placeholder(void){ Gnuplot g; g << "print 1\n"; return 0; }
