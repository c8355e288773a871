using System.Numerics;
using System.Runtime.Intrinsics;

namespace CogVideoX.Emulator.Instructions;

/// <summary>A question about two values, and the same for vectors (all ones where it holds).</summary>
internal interface IComparison<T>
{
    static abstract bool Do(T a, T b);

    static abstract Vector256<T> Do(Vector256<T> a, Vector256<T> b);
}

/// <summary>eq ne lt le gt ge and their unordered forms (PTX ISA 9.3.1.1). With NaN the ordered ones are false, ne included.</summary>
internal static class Comparisons
{
    public readonly struct Equal<T> : IComparison<T> where T : unmanaged, INumber<T>
    {
        public static bool Do(T a, T b) => a == b;
        public static Vector256<T> Do(Vector256<T> a, Vector256<T> b) => Vector256.Equals(a, b);
    }

    public readonly struct NotEqual<T> : IComparison<T> where T : unmanaged, INumber<T>
    {
        public static bool Do(T a, T b) => a != b && !T.IsNaN(a) && !T.IsNaN(b);
        public static Vector256<T> Do(Vector256<T> a, Vector256<T> b) =>
            ~Vector256.Equals(a, b) & Vector256.Equals(a, a) & Vector256.Equals(b, b);
    }

    public readonly struct Less<T> : IComparison<T> where T : unmanaged, INumber<T>
    {
        public static bool Do(T a, T b) => a < b;
        public static Vector256<T> Do(Vector256<T> a, Vector256<T> b) => Vector256.LessThan(a, b);
    }

    public readonly struct LessOrEqual<T> : IComparison<T> where T : unmanaged, INumber<T>
    {
        public static bool Do(T a, T b) => a <= b;
        public static Vector256<T> Do(Vector256<T> a, Vector256<T> b) => Vector256.LessThanOrEqual(a, b);
    }

    /// <summary>The opposite of another question: the unordered forms are the opposites of the ordered ones.</summary>
    public readonly struct Opposite<T, TOther> : IComparison<T> where T : unmanaged, INumber<T> where TOther : IComparison<T>
    {
        public static bool Do(T a, T b) => !TOther.Do(a, b);
        public static Vector256<T> Do(Vector256<T> a, Vector256<T> b) => ~TOther.Do(a, b);
    }

    /// <summary>Whether both are numbers.</summary>
    public readonly struct Ordered<T> : IComparison<T> where T : unmanaged, INumber<T>
    {
        public static bool Do(T a, T b) => !T.IsNaN(a) && !T.IsNaN(b);
        public static Vector256<T> Do(Vector256<T> a, Vector256<T> b) => Vector256.Equals(a, a) & Vector256.Equals(b, b);
    }
}
