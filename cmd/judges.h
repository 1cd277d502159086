/* The workers of a batch that judge with qpdf in the same process (pdf/qpdf/judge.c). */
#ifndef PARAPHE_CMD_JUDGES_H
#define PARAPHE_CMD_JUDGES_H

struct wire;

/* Starts them, by the main thread, with whose end they end. Without the program, or when it does
 * not start, wire->judges stays NULL: the workers of all tasks judge, and qpdf in its own process.
 */
void judges_start(struct wire *w);
void judges_stop(struct wire *w);

#endif
