#pragma once
int gnuplot_placeholder(void);
