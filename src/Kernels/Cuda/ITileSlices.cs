using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Cuda;

/// <summary>Both operands of a product as they go through shared memory, a slice of 32 depths after the other.</summary>
/// <typeparam name="T">BFloat16 or Half: what is multiplied.</typeparam>
internal interface ITileSlices<T> where T : unmanaged
{
    /// <summary>What a slice takes of shared memory, in numbers of 16 bits.</summary>
    static abstract int Numbers { get; }

    /// <summary>Loads of the right operand for 16 depths.</summary>
    static abstract int RightLoads { get; }

    /// <summary>Begins to copy a slice of both.</summary>
    void Copy(Shared<T> slice, int firstRow, int firstColumn, int depth);

    /// <summary>Loads 16 depths of a slice.</summary>
    /// <param name="slice">That has been copied.</param>
    /// <param name="half">0 or 1: the first or the last.</param>
    /// <param name="left">One for each tile of 16 rows of the warp.</param>
    /// <param name="right"><see cref="RightLoads"/>.</param>
    void Load(Shared<T> slice, int half, Registers<MatrixA<T>> left, Registers<MatrixBPair<T>> right);

    /// <summary>Operands of the warp's columns, two times eight each, of what was loaded.</summary>
    Registers<MatrixBPair<T>> Right(Registers<MatrixBPair<T>> loaded);
}
