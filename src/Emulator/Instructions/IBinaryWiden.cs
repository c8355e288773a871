namespace CogVideoX.Emulator.Instructions;

/// <summary>A function of two values whose result is of another type.</summary>
internal interface IBinaryWiden<TIn, TOut>
{
    static abstract TOut Do(TIn a, TIn b);
}
