namespace CogVideoX.Samples.Kernels;

/// <summary>Tiles that kernels are there for.</summary>
public static class Tiles
{
    public readonly struct T16X16 : ITile
    {
        public static int Rows => 16;

        public static int Columns => 16;

        public static int Depth => 16;
    }

    public readonly struct T8X32 : ITile
    {
        public static int Rows => 8;

        public static int Columns => 32;

        public static int Depth => 8;
    }
}
