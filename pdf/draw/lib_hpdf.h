/* libharu, opened at need (base/lazy.h): its functions are called by their own names. */
#ifndef PARAPHE_PDF_DRAW_LIB_HPDF_H
#define PARAPHE_PDF_DRAW_LIB_HPDF_H

#include <hpdf.h>

#include "base/err.h"

#define LIB_HPDF_FUNCTIONS(X)                                                                      \
    X(HPDF_AddPage)                                                                                \
    X(HPDF_Array_Add)                                                                              \
    X(HPDF_Array_AddName)                                                                          \
    X(HPDF_Array_AddNumber)                                                                        \
    X(HPDF_Array_AddReal)                                                                          \
    X(HPDF_Array_New)                                                                              \
    X(HPDF_Binary_New)                                                                             \
    X(HPDF_CallbackReader_New)                                                                     \
    X(HPDF_CallbackWriter_New)                                                                     \
    X(HPDF_CreateOutline)                                                                          \
    X(HPDF_DictStream_New)                                                                         \
    X(HPDF_Dict_Add)                                                                               \
    X(HPDF_Dict_AddBoolean)                                                                        \
    X(HPDF_Dict_AddName)                                                                           \
    X(HPDF_Dict_AddNumber)                                                                         \
    X(HPDF_Dict_New)                                                                               \
    X(HPDF_Dict_RemoveElement)                                                                     \
    X(HPDF_Free)                                                                                   \
    X(HPDF_LoadJpegImageFromMem)                                                                   \
    X(HPDF_LoadRawImageFromMem)                                                                    \
    X(HPDF_MemStream_New)                                                                          \
    X(HPDF_New)                                                                                    \
    X(HPDF_Outline_SetOpened)                                                                      \
    X(HPDF_Page_SetHeight)                                                                         \
    X(HPDF_Page_SetWidth)                                                                          \
    X(HPDF_ResetError)                                                                             \
    X(HPDF_SaveToStream)                                                                           \
    X(HPDF_SetCompressionMode)                                                                     \
    X(HPDF_SetInfoAttr)                                                                            \
    X(HPDF_Stream_Free)                                                                            \
    X(HPDF_Stream_Write)                                                                           \
    X(HPDF_Stream_WriteStr)                                                                        \
    X(HPDF_String_New)                                                                             \
    X(HPDF_Xref_Add)

struct lib_hpdf {
#define LIB_SLOT(name) __typeof__(&name) name;
    LIB_HPDF_FUNCTIONS(LIB_SLOT)
#undef LIB_SLOT
};
extern struct lib_hpdf lib_hpdf;

/* Before the first call of a function. -1: err.base.library. */
int lib_hpdf_open(struct err *e);

#define HPDF_AddPage lib_hpdf.HPDF_AddPage
#define HPDF_Array_Add lib_hpdf.HPDF_Array_Add
#define HPDF_Array_AddName lib_hpdf.HPDF_Array_AddName
#define HPDF_Array_AddNumber lib_hpdf.HPDF_Array_AddNumber
#define HPDF_Array_AddReal lib_hpdf.HPDF_Array_AddReal
#define HPDF_Array_New lib_hpdf.HPDF_Array_New
#define HPDF_Binary_New lib_hpdf.HPDF_Binary_New
#define HPDF_CallbackReader_New lib_hpdf.HPDF_CallbackReader_New
#define HPDF_CallbackWriter_New lib_hpdf.HPDF_CallbackWriter_New
#define HPDF_CreateOutline lib_hpdf.HPDF_CreateOutline
#define HPDF_DictStream_New lib_hpdf.HPDF_DictStream_New
#define HPDF_Dict_Add lib_hpdf.HPDF_Dict_Add
#define HPDF_Dict_AddBoolean lib_hpdf.HPDF_Dict_AddBoolean
#define HPDF_Dict_AddName lib_hpdf.HPDF_Dict_AddName
#define HPDF_Dict_AddNumber lib_hpdf.HPDF_Dict_AddNumber
#define HPDF_Dict_New lib_hpdf.HPDF_Dict_New
#define HPDF_Dict_RemoveElement lib_hpdf.HPDF_Dict_RemoveElement
#define HPDF_Free lib_hpdf.HPDF_Free
#define HPDF_LoadJpegImageFromMem lib_hpdf.HPDF_LoadJpegImageFromMem
#define HPDF_LoadRawImageFromMem lib_hpdf.HPDF_LoadRawImageFromMem
#define HPDF_MemStream_New lib_hpdf.HPDF_MemStream_New
#define HPDF_New lib_hpdf.HPDF_New
#define HPDF_Outline_SetOpened lib_hpdf.HPDF_Outline_SetOpened
#define HPDF_Page_SetHeight lib_hpdf.HPDF_Page_SetHeight
#define HPDF_Page_SetWidth lib_hpdf.HPDF_Page_SetWidth
#define HPDF_ResetError lib_hpdf.HPDF_ResetError
#define HPDF_SaveToStream lib_hpdf.HPDF_SaveToStream
#define HPDF_SetCompressionMode lib_hpdf.HPDF_SetCompressionMode
#define HPDF_SetInfoAttr lib_hpdf.HPDF_SetInfoAttr
#define HPDF_Stream_Free lib_hpdf.HPDF_Stream_Free
#define HPDF_Stream_Write lib_hpdf.HPDF_Stream_Write
#define HPDF_Stream_WriteStr lib_hpdf.HPDF_Stream_WriteStr
#define HPDF_String_New lib_hpdf.HPDF_String_New
#define HPDF_Xref_Add lib_hpdf.HPDF_Xref_Add

#endif
