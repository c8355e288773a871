using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Cuda;

/// <summary>What becomes of the sums of a tile.</summary>
internal interface ITileEnding
{
    /// <summary>Whether it takes them eight at a time; it may be asked for one at a time otherwise.</summary>
    bool TakesEights { get; }

    /// <summary>Takes eight neighbouring sums of a row.</summary>
    /// <param name="row">One that the result has.</param>
    /// <param name="column">A multiple of eight.</param>
    /// <param name="sums">Eight, which may be changed.</param>
    void Eight(int row, int column, Registers<float> sums);

    /// <summary>Takes one sum.</summary>
    void One(int row, int column, float sum);
}
