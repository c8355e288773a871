using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace CogVideoX.Pipelines.Hub;

/// <summary>
/// What a blob's name says about its bytes: 64 digits are their SHA-256 (large files), 40 are git's SHA-1, of the bytes behind a line with
/// their number.
/// </summary>
internal static partial class BlobFile
{
    /// <summary>What stands behind the name of a blob that isn't whole.</summary>
    public const string Unfinished = ".incomplete";

    private const int BufferSize = 1 << 20;

    /// <summary>Whether a name is a checksum.</summary>
    public static bool IsName(string name) => Name().IsMatch(name);

    /// <summary>The checksum in the making that a name asks for.</summary>
    /// <param name="name">A blob's name.</param>
    /// <param name="bytes">How many bytes there will be.</param>
    public static IncrementalHash Begin(string name, long bytes)
    {
        var hash = IncrementalHash.CreateHash(name.Length == 40 ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256);
        if (name.Length == 40)
            hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {bytes}\0")));
        return hash;
    }

    /// <summary>Puts a file's bytes into a checksum.</summary>
    /// <param name="hash">The checksum.</param>
    /// <param name="stream">The file, which is read from its beginning to its end.</param>
    /// <param name="read">Told how many bytes were read.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task AppendAsync(
        IncrementalHash hash, FileStream stream, Action<int>? read = null, CancellationToken cancellation = default)
    {
        byte[] buffer = new byte[BufferSize];
        stream.Position = 0;
        while (await stream.ReadAsync(buffer, cancellation) is > 0 and int count)
        {
            hash.AppendData(buffer, 0, count);
            read?.Invoke(count);
        }
    }

    /// <summary>Whether the bytes are those of the name.</summary>
    public static bool Fits(string name, IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset()) == name;

    [GeneratedRegex(@"\A([0-9a-f]{40}|[0-9a-f]{64})\z")]
    private static partial Regex Name();
}
