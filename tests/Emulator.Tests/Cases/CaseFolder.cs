using System.Buffers.Binary;
using System.Text;

namespace CogVideoX.Emulator.Tests.Cases;

/// <summary>A folder with a sound case in it, whose parts a test may spoil.</summary>
internal sealed class CaseFolder : IDisposable
{
    public const string Sound = """
        {
          "name": "copy", "module": "copy.ptx", "entry": "copy", "grid": [1, 1, 1], "block": [4, 1, 1], "dynamic_shared_bytes": 0,
          "data": "copy.safetensors", "params": [{"buffer": "x"}, {"buffer": "y"}, {"s32": 4}],
          "expect": {"y": {"tolerance": 0}}
        }
        """;

    public const string Header = """
        {"in.x": {"dtype": "U32", "shape": [4], "data_offsets": [0, 16]}, "in.y": {"dtype": "U32", "shape": [4], "data_offsets": [16, 32]},
         "out.y": {"dtype": "U32", "shape": [4], "data_offsets": [32, 48]},
         "tol.y": {"dtype": "F32", "shape": [4], "data_offsets": [48, 64]}}
        """;

    public const string Module = """
        .version 8.0
        .target sm_80
        .address_size 64
        .visible .entry copy(.param .u64 x, .param .u64 y, .param .u32 n)
        {
            .reg .pred %p<2>; .reg .b32 %r<4>; .reg .b64 %rd<8>;
            ld.param.u64 %rd1, [x];
            ld.param.u64 %rd2, [y];
            mov.u32 %r1, %tid.x;
            mul.wide.u32 %rd3, %r1, 4;
            add.s64 %rd4, %rd1, %rd3;
            add.s64 %rd5, %rd2, %rd3;
            ld.global.u32 %r2, [%rd4];
            st.global.u32 [%rd5], %r2;
            ret;
        }
        """;

    private const int DataBytes = 64;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("cogvideox-case-");

    public CaseFolder()
    {
        Case(Sound);
        Data(Header);
        Write("copy.ptx", Encoding.UTF8.GetBytes(Module));
    }

    public string Path => At("copy.json");

    public string At(string name) => System.IO.Path.Combine(folder.FullName, name);

    public void Write(string name, byte[] bytes) => File.WriteAllBytes(At(name), bytes);

    public void Case(string json) => Write("copy.json", Encoding.UTF8.GetBytes(json));

    /// <summary>A safetensors file of that header with zeros after it.</summary>
    public void Data(string header, int bytes = DataBytes)
    {
        byte[] text = Encoding.UTF8.GetBytes(header), file = new byte[8 + text.Length + bytes];
        BinaryPrimitives.WriteInt64LittleEndian(file, text.Length);
        text.CopyTo(file, 8);
        Write("copy.safetensors", file);
    }

    public void Dispose() => folder.Delete(recursive: true);
}
