namespace CogVideoX.Tensors.Gguf;

/// <summary>The types of a GGUF file's metadata, under their numbers there.</summary>
internal enum GgufValueType : uint
{
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    F32,
    Bool,
    Text,
    Array,
    U64,
    I64,
    F64,
}

/// <summary>Where a metadata value lies.</summary>
/// <param name="Type">Its type; of an array, that of its elements.</param>
/// <param name="IsArray">Whether it is one.</param>
/// <param name="Count">Elements of an array; 1 for what is none.</param>
/// <param name="Offset">The byte of the file where the first element begins.</param>
internal readonly record struct GgufValue(GgufValueType Type, bool IsArray, long Count, long Offset);
