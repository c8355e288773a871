using System.Security.Cryptography;
using System.Text;
using CogVideoX.Compiler.Language;

namespace CogVideoX.Compiler;

/// <summary>A kernel as PTX text, with what a launch needs to know.</summary>
public sealed record CompiledKernel
{
    /// <summary>Which kernel this is, compiled how: <see cref="KernelKey.Of"/>.</summary>
    public required string Key { get; init; }

    /// <summary>The entry's name in <see cref="Ptx"/>.</summary>
    public required string Entry { get; init; }

    /// <summary>A PTX module with this kernel.</summary>
    public required string Ptx { get; init; }

    /// <summary>The device it is compiled for.</summary>
    public required Target Target { get; init; }

    /// <summary>Threads of a block; a launch must use just these.</summary>
    public required Block Block { get; init; }

    /// <summary>Blocks of a cluster; 1 x 1 x 1 without clusters.</summary>
    public required Block Cluster { get; init; }

    /// <summary>Static shared memory of a block, in bytes; what the launch gives for the dynamic array comes on top.</summary>
    public required int StaticSharedBytes { get; init; }

    /// <summary>What the launch passes, in order.</summary>
    public required IReadOnlyList<CompiledParameter> Parameters { get; init; }

    /// <summary>SHA-256 of <see cref="Ptx"/> in UTF-8, as 64 hexadecimal digits.</summary>
    public required string Hash { get; init; }

    internal static string HashOf(string ptx) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ptx)));
}
