using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Cuda;

/// <summary>What becomes of the sums of a tile.</summary>
internal interface ITileEnding
{
    /// <summary>Whether it takes them eight at a time; it may be asked for one at a time otherwise.</summary>
    bool TakesEights { get; }

    /// <summary>Takes eight neighbouring sums of each of some rows, so that what it reads beside them is under way together.</summary>
    /// <param name="rows">Which rows; those beyond the last are to be left out.</param>
    /// <param name="column">A multiple of eight.</param>
    /// <param name="sums">Eight for each row, which may be changed.</param>
    void Eights(TileRows rows, int column, Registers<float> sums);

    /// <summary>Takes one sum.</summary>
    void One(int row, int column, float sum);
}
