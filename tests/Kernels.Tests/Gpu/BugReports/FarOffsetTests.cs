using CogVideoX.Compiler;
using CogVideoX.Compiler.Language;
using CogVideoX.Emulator;

namespace CogVideoX.Kernels.Tests.Gpu.BugReports;

/// <summary>A matrix of 12 GB (ILGPU 366, 429, 1318; TornadoVM 830): indices beyond 2³¹ bytes and beyond 2³¹ elements.</summary>
public sealed class FarOffsetTests
{
    private const int Rows = 3_000_000, Width = 1000;

    [Theory]
    [InlineData(typeof(ByRows))]
    [InlineData(typeof(ByPointer))]
    [InlineData(typeof(ByLongs))]
    public void RowsFarBeyond32BitsAreWrittenAndRead(Type kernel)
    {
        CompiledKernel compiled = KernelCompiler.Compile(kernel);
        byte[] y = new byte[32 * sizeof(float)];
        LaunchArgument[] arguments =
        [
            new LaunchArgument.Buffer("matrix"), Length((long)Rows * Width), Number(Width), Number(Rows),
            new LaunchArgument.Buffer("y"), Length(32),
        ];
        var buffers = new Dictionary<string, byte[]> { ["y"] = y };
        var request = new LaunchRequest(compiled.Entry, new Dim3(1, 1, 1), new Dim3(32, 1, 1), 0, arguments, buffers)
        {
            SparseBuffers = new Dictionary<string, long> { ["matrix"] = (long)Rows * Width * sizeof(float) },
        };
        Assert.Null(PtxEmulator.Run(PtxModule.Parse(compiled.Ptx), request).Fault);
        for (int lane = 0; lane < 32; lane++)
            Assert.Equal(lane + (Rows - 1f), BitConverter.ToSingle(y, lane * sizeof(float)));
    }

    private static LaunchArgument.Value Length(long elements) => new(BitConverter.GetBytes(elements));

    private static LaunchArgument.Value Number(int value) => new(BitConverter.GetBytes(value));

    /// <summary>A slice of 64-bit start, and int inside of it.</summary>
    internal readonly struct ByRows(View<float> matrix, int width, int rows, View<float> y) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            View<float> last = matrix.Slice((long)(rows - 1) * width, width);
            last[width - 32 + Block.ThreadX] = Block.ThreadX + rows - 1;
            y[Block.ThreadX] = last[width - 32 + Block.ThreadX];
        }
    }

    internal readonly unsafe struct ByPointer(View<float> matrix, int width, int rows, View<float> y) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            float* row = matrix.Pointer + (nint)(rows - 1) * width;
            row[Block.ThreadX] = Block.ThreadX + rows - 1;
            y[Block.ThreadX] = row[Block.ThreadX];
        }
    }

    internal readonly struct ByLongs(View<float> matrix, int width, int rows, View<float> y) : IKernel
    {
        public static Block Block => new(32);

        public void Run()
        {
            long at = (rows - 1L) * width + Block.ThreadX;
            matrix[at] = Block.ThreadX + rows - 1;
            y[Block.ThreadX] = matrix[at];
        }
    }
}
