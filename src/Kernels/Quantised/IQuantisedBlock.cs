using System.Runtime.Intrinsics;

namespace CogVideoX.Kernels.Quantised;

/// <summary>
/// A block of quantised numbers, in groups of 16: number = factor · code + summand, each operation rounded to fp32. Layouts and values are
/// those of GGML (github.com/ggml-org/ggml, <c>ggml-common.h</c> and <c>ggml-quants.c</c>).
/// </summary>
/// <typeparam name="TSelf">The format.</typeparam>
internal unsafe interface IQuantisedBlock<TSelf> where TSelf : struct, IQuantisedBlock<TSelf>
{
    /// <summary>Groups of a block.</summary>
    static abstract int Groups { get; }

    /// <summary>Bytes of a block.</summary>
    static abstract int Bytes { get; }

    /// <summary>Opens a block: reads what all of its groups share.</summary>
    static abstract TSelf At(byte* block);

    /// <summary>The codes of a group.</summary>
    Vector128<sbyte> Codes(int group);

    /// <summary>What the codes of a group are multiplied with.</summary>
    float Factor(int group);

    /// <summary>What is added then; −0, which changes no number, where the format has nothing to add.</summary>
    float Summand(int group);
}
