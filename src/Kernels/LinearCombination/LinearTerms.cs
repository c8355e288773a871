using System.Runtime.CompilerServices;

namespace CogVideoX.Kernels;

/// <summary>Up to <see cref="Max"/> terms by value, so that an operation can be launched without the managed heap.</summary>
internal struct LinearTerms
{
    /// <summary>The most terms of one operation.</summary>
    public const int Max = 4;

    private Slots slots;

    /// <summary>How many terms.</summary>
    public int Count { get; private set; }

    /// <summary>The term number <paramref name="index"/>, from 0.</summary>
    public readonly LinearTerm this[int index] => slots[index];

    /// <summary>Appends a term.</summary>
    public void Add(LinearTerm term) => slots[Count++] = term;

    [InlineArray(Max)]
    private struct Slots
    {
        private LinearTerm first;
    }
}
