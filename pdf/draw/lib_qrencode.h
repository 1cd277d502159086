/* libqrencode, opened at need (base/lazy.h): its functions are called by their own names. */
#ifndef PARAPHE_PDF_DRAW_LIB_QRENCODE_H
#define PARAPHE_PDF_DRAW_LIB_QRENCODE_H

#include <qrencode.h>

#include "base/err.h"

#define LIB_QRENCODE_FUNCTIONS(X)                                                                  \
    X(QRcode_encodeString)                                                                         \
    X(QRcode_free)

struct lib_qrencode {
#define LIB_SLOT(name) __typeof__(&name) name;
    LIB_QRENCODE_FUNCTIONS(LIB_SLOT)
#undef LIB_SLOT
};
extern struct lib_qrencode lib_qrencode;

/* Before the first call of a function. -1: err.base.library. */
int lib_qrencode_open(struct err *e);

#define QRcode_encodeString lib_qrencode.QRcode_encodeString
#define QRcode_free lib_qrencode.QRcode_free

#endif
