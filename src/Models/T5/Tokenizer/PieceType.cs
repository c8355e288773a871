namespace CogVideoX.Models.T5;

/// <summary>What a vocabulary entry is for. Values as in <c>sentencepiece_model.proto</c>.</summary>
internal enum PieceType
{
    /// <summary>A piece of text.</summary>
    Normal = 1,

    /// <summary>Stands for text that no other piece covers; exactly one in a model.</summary>
    Unknown = 2,

    /// <summary>Never found in text: padding, end of sentence.</summary>
    Control = 3,

    /// <summary>A symbol that is kept whole and not normalized wherever it occurs.</summary>
    UserDefined = 4,

    /// <summary>Keeps its id but is never chosen.</summary>
    Unused = 5,

    /// <summary>One byte, named <c>&lt;0xNN&gt;</c>, for text that no other piece covers.</summary>
    Byte = 6,
}
