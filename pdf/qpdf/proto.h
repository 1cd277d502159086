/* What the program and paraphe-qpdf say to each other, in frames (base/frame.h) over a socket.
 *
 *   program -> paraphe-qpdf   CHECK or REPAIR, no bytes; descriptors: the PDF, the write end of a
 * pipe for the answer, the read end of a pipe with the password, for REPAIR the file to fill
 *   paraphe-qpdf -> program   ENDED, int32 status of waitpid: the child of that look is gone
 *
 * One look at a time. A program that closes the socket waits no more: the child is killed and
 * paraphe-qpdf ends. */
#ifndef PARAPHE_PDF_QPDF_PROTO_H
#define PARAPHE_PDF_QPDF_PROTO_H

enum look_kind { LOOK_CHECK = 1, LOOK_REPAIR, LOOK_ENDED };
enum look_fds { LOOK_PDF, LOOK_ANSWER, LOOK_PASSWORD, LOOK_OUTPUT, LOOK_FDS_MAX };

#endif
