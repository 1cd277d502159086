# embed(TARGET ROOT FILE...): a static library with the bytes of each file, found by data_find("fonts/x.ttf", ...) of
# data/data.h, so that a copied program works anywhere. The assembler includes the bytes: no generated array to compile.
function(embed target root)
  set(blocks "")
  set(rows "")
  set(index 0)
  foreach(file ${ARGN})
    file(RELATIVE_PATH name ${root} ${file})
    string(APPEND blocks
      "__asm__(\".section .rodata\\n.balign 16\\n.global data_bytes_${index}\\n.type data_bytes_${index}, @object\\n\"\n"
      "        \"data_bytes_${index}:\\n.incbin \\\"${file}\\\"\\n.global data_end_${index}\\ndata_end_${index}:\\n.byte 0\\n\"\n"
      "        \".size data_bytes_${index}, .-data_bytes_${index}\\n.previous\\n\");\n"
      "extern const unsigned char data_bytes_${index}[], data_end_${index}[];\n")
    string(APPEND rows "    {\"${name}\", data_bytes_${index}, data_end_${index}},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/${target}_table.c)
  file(CONFIGURE OUTPUT ${generated} @ONLY CONTENT
    "#include \"data/data_table.h\"\n\n@blocks@\nconst struct data_entry data_table[] = {\n@rows@};\nconst unsigned data_table_count = @index@;\n")
  set_source_files_properties(${generated} PROPERTIES OBJECT_DEPENDS "${ARGN}")
  add_library(${target} STATIC ${CMAKE_SOURCE_DIR}/data/data.c ${generated})
endfunction()
