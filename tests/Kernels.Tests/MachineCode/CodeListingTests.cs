using CogVideoX.Kernels.MachineCode;
using Iced.Intel;

namespace CogVideoX.Kernels.Tests.MachineCode;

/// <summary>Listings hold the code that runs, by names that can be given again.</summary>
public sealed class CodeListingTests
{
    [Theory]
    [InlineData("bf16:14x2", "bf16:14x2@512", "vdpbf16ps", 5 * 14 * 2)] // steps: four in a turn, and one by one
    [InlineData("bf16-fma:6x2@256", "bf16-fma:6x2@256", "vfmadd231ps", 2 * 5 * 6 * 2)]
    [InlineData("fp32:8x3@512", "fp32:8x3@512", "vfmadd231ps", 5 * 8 * 3)]
    public void ItsBytesAreTheCode(string given, string name, string product, int products)
    {
        CodeListing listing = CodeListing.Parse(given);
        string[] lines = [.. listing.Text().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != ';')];
        var code = new MemoryStream();
        TileCode.Write(listing.Form).Assemble(new StreamCodeWriter(code), 0);
        Assert.Equal(Convert.ToHexStringLower(code.ToArray()), string.Concat(lines.Select(line => line.Split("  ")[1].Trim())));
        Assert.Equal((name, product, (int)code.Length), (listing.Name, listing.Product, listing.Bytes));
        Assert.Equal(products, lines.Count(line => line.Contains($" {product} ", StringComparison.Ordinal)));
        Assert.StartsWith("0000  ", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void AllAreThoseOfProductsByTheirNames()
    {
        CodeListing[] all = [.. CodeListing.All];
        Assert.Equal(all.Select(listing => listing.Form), all.Select(listing => CodeListing.Parse(listing.Name).Form));
        Assert.Equal(all.Length, all.Select(listing => listing.Name).Distinct().Count());
        Assert.All(all, listing => Assert.InRange(listing.Bytes, 100, 15_000)); // longer loops are slow ones
    }

    [Theory]
    [InlineData("", "is no form")]
    [InlineData("bf16", "is no form")]
    [InlineData("bf16:0x2", "is no form")]
    [InlineData("bf16:14x2@128", "is no form")]
    [InlineData("bf16:14x2@512\n", "is no form")]
    [InlineData("bf16:6x2@256", "there are no vectors of pairs but of 512 bits")]
    [InlineData("bf16:15x2", "A tile of 15 × 2 vectors takes more than 32 registers")]
    [InlineData("bf16-fma:7x2@256", "A tile of 7 × 2 vectors takes more than 16 registers")]
    [InlineData("fp32:99x99", "takes more than 32 registers")]
    public void OtherNamesAreRefused(string name, string says) =>
        Assert.Contains(says, Assert.Throws<FormatException>(() => CodeListing.Parse(name)).Message, StringComparison.Ordinal);
}
