using CogVideoX.Fuzz.Mutation;

namespace CogVideoX.Fuzz;

/// <summary>One kind of input: how it is made from a seed, and what eats it.</summary>
internal interface IFuzzKind
{
    /// <summary>The word after <c>--kind</c>.</summary>
    string Name { get; }

    /// <summary>Makes what inputs are derived from.</summary>
    /// <param name="scratch">A folder of this process alone; nothing is written anywhere else.</param>
    void Prepare(string scratch);

    /// <summary>Derives the next input.</summary>
    FuzzInput Make(FuzzRandom random);

    /// <summary>Whether the product throws it on purpose.</summary>
    bool IsExpected(Exception exception);
}
